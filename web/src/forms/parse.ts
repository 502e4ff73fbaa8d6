// From tokens to an expression: XPath 1.0, sections 2 and 3.
import type { Axis, Expression, Operator, Start, Step } from "./expression";
import { fail } from "./fault";
import { signature_of, takes, UNSUPPORTED_FUNCTIONS } from "./function_table";
import { EXPRESSION_DEPTH_MAX } from "./limits";
import { Pattern } from "./pattern";
import { tokens, type Sign, type Token } from "./token";

/** Reads an expression; its references are looked up when it is evaluated. */
export function parse(text: string): Expression {
  const found = tokens(text);
  if (found.length === 0) fail("empty");
  const parser = new Parser(found);
  const [expression] = parser.pairs(0);
  if (parser.token) fail("unexpected");
  return expression;
}

/** An expression and how deep its tree is: evaluating recurses as deep. */
type Deep = [Expression, number];

/** How strongly an operator binds: XPath 1.0, sections 3.3 to 3.5. */
const STRENGTH: Record<Operator, number> = {
  or: 1,
  and: 2,
  "=": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  div: 6,
  mod: 6,
  "|": 8,
};
const STRENGTH_OF_NEGATIVE = 7;

const AXES: Record<string, Axis> = { child: "child", parent: "parent", self: "own" };

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  get token(): Token | undefined {
    return this.tokens[this.at];
  }

  /** Operators of at least this strength; those of the same strength from left to right. */
  pairs(least: number): Deep {
    this.depth += 1;
    check_depth(this.depth);
    let [left, depth] = this.negative();
    for (let token = this.token; token?.is === "operator"; token = this.token) {
      const { operator } = token;
      if (STRENGTH[operator] < Math.max(least, 1)) break;
      this.at += 1;
      const [right, right_depth] = this.pairs(STRENGTH[operator] + 1);
      depth = 1 + Math.max(depth, right_depth);
      check_depth(depth);
      left = { is: "pair", operator, left, right };
    }
    this.depth -= 1;
    return [left, depth];
  }

  private negative(): Deep {
    let signs = 0;
    for (let token = this.token; token?.is === "operator" && token.operator === "-"; token = this.token) {
      this.at += 1;
      signs += 1;
    }
    if (signs === 0) return this.path();
    let [inner, depth] = this.pairs(STRENGTH_OF_NEGATIVE);
    // Two signs undo each other, and still make a number of what follows.
    for (let left = 2 - (signs % 2); left > 0; left -= 1) inner = { is: "negative", inner };
    return [inner, depth + 2];
  }

  private path(): Deep {
    const token = this.token ?? fail("ends_early");
    if (this.take("/")) return this.step_follows() ? this.steps({ is: "top" }, 1) : [path({ is: "top" }), 1];
    if (this.sign_follows("//")) return this.steps_after({ is: "top" }, 1);
    if (token.is === "reference") {
      this.at += 1;
      return this.steps_after({ is: "named", name: token.name }, 1);
    }
    if (this.step_follows() && !this.call_follows()) return this.steps({ is: "here" }, 1);
    return this.filtered();
  }

  /** A primary expression, with predicates and steps behind it. */
  private filtered(): Deep {
    const [primary, primary_depth] = this.primary();
    const [predicates, depth] = this.predicates(primary_depth);
    const goes_on = this.sign_follows("/") || this.sign_follows("//");
    if (predicates.length === 0 && !goes_on) return [primary, depth];
    return this.steps_after({ is: "of", inner: primary, predicates }, depth + 1);
  }

  private primary(): Deep {
    const token = this.token ?? fail("ends_early");
    if (token.is === "number" || token.is === "text") {
      this.at += 1;
      return [token, 1];
    }
    if (this.take("(")) {
      const inner = this.pairs(0);
      this.expect(")");
      return inner;
    }
    if (token.is === "name" && this.call_follows()) return this.call(token.name);
    return fail("unexpected");
  }

  private call(name: string): Deep {
    if (!signature_of(name)) fail(UNSUPPORTED_FUNCTIONS.includes(name) ? "unsupported_function" : "unknown_function", name);
    this.at += 2;
    const given: Expression[] = [];
    let depth = 0;
    while (!this.take(")")) {
      if (given.length > 0) this.expect(",");
      const [argument, argument_depth] = this.pairs(0);
      depth = Math.max(depth, argument_depth);
      given.push(argument);
    }
    check_call(name, given);
    check_depth(depth + 1);
    return [{ is: "call", name, arguments: given }, depth + 1];
  }

  private steps_after(start: Start, depth: number): Deep {
    if (this.take("/")) return this.steps(start, depth);
    if (this.sign_follows("//")) return this.steps(start, depth);
    if (this.sign_follows("[") && start.is === "named") {
      const [predicates, deeper] = this.predicates(depth);
      return this.steps_after({ is: "of", inner: path(start), predicates }, deeper + 1);
    }
    check_depth(depth);
    return [path(start), depth];
  }

  private steps(start: Start, depth: number): Deep {
    const steps: Step[] = [];
    do {
      if (this.take("//")) steps.push({ axis: "below", name: null, predicates: [] });
      else if (steps.length > 0) this.expect("/");
      const [step, deeper] = this.step(depth);
      steps.push(step);
      depth = deeper;
    } while (this.sign_follows("/") || this.sign_follows("//"));
    check_depth(depth);
    return [path(start, steps), depth];
  }

  private step(depth: number): [Step, number] {
    const token = this.token ?? fail("ends_early");
    if (this.sign_follows("@")) fail("unsupported_axis", "@");
    let axis: Axis = "child";
    let name: string | null = null;
    if (token.is === "axis") {
      axis = AXES[token.name] ?? fail("unsupported_axis", token.name);
      this.at += 1;
      name = this.name_of_step();
    } else if (this.take(".")) axis = "own";
    else if (this.take("..")) axis = "parent";
    else name = this.name_of_step();
    const [predicates, deeper] = this.predicates(depth);
    return [{ axis, name, predicates }, deeper];
  }

  /** `node()` is the only test of a node that has brackets. */
  private name_of_step(): string | null {
    if (this.take("star")) return null;
    const token = this.token ?? fail("ends_early");
    if (token.is !== "name") return fail("unexpected");
    this.at += 1;
    if (token.name !== "node" || !this.take("(")) return token.name;
    this.expect(")");
    return null;
  }

  private predicates(depth: number): [Expression[], number] {
    const predicates: Expression[] = [];
    while (this.take("[")) {
      const [predicate, predicate_depth] = this.pairs(0);
      this.expect("]");
      depth = Math.max(depth, predicate_depth + 1);
      predicates.push(predicate);
    }
    return [predicates, depth];
  }

  private step_follows(): boolean {
    const token = this.token;
    if (token?.is === "sign") return [".", "..", "star", "@"].includes(token.sign);
    return token?.is === "name" || token?.is === "axis";
  }

  private call_follows(): boolean {
    const next = this.tokens[this.at + 1];
    return this.token?.is === "name" && next?.is === "sign" && next.sign === "(";
  }

  private sign_follows(sign: Sign): boolean {
    const token = this.token;
    return token?.is === "sign" && token.sign === sign;
  }

  private take(sign: Sign): boolean {
    const found = this.sign_follows(sign);
    if (found) this.at += 1;
    return found;
  }

  private expect(sign: Sign): void {
    if (!this.take(sign)) fail(this.token ? "unexpected" : "ends_early");
  }
}

function path(start: Start, steps: Step[] = []): Expression {
  return { is: "path", path: { start, steps } };
}

function check_depth(depth: number): void {
  if (depth > EXPRESSION_DEPTH_MAX) fail("too_deep");
}

/** What can be known of a call before it is made: how many arguments, which have to be paths, and whether a pattern is one. */
function check_call(name: string, given: Expression[]): void {
  if (!takes(name, given.length)) fail("arguments", name);
  const wanted = given.slice(0, signature_of(name)![2] ?? 0);
  if (!wanted.every(gives_nodes)) fail("needs_nodes", name);
  const pattern = given[1];
  if (name === "regex" && pattern?.is === "text") Pattern.of(pattern.text);
}

function gives_nodes(expression: Expression): boolean {
  if (expression.is === "call") return expression.name === "current" || expression.name === "instance";
  return expression.is === "path" || (expression.is === "pair" && expression.operator === "|");
}
