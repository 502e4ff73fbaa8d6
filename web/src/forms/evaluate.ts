// Evaluating an expression over answers: twin of crates/forms/src/expression/{evaluate,path,compare}.rs.
import { type Moment } from "./date";
import type { Expression, Operator, Path, Step } from "./expression";
import { fail } from "./fault";
import { call } from "./functions";
import { EVALUATION_STEPS_MAX } from "./limits";
import { number_of_text, text_of_number } from "./number";
import { Pattern } from "./pattern";
import { Random } from "./random";
import { sorted, TreeNode } from "./tree";

/** XPath 1.0, section 1: nodes, a number, text, or a truth. */
export type Value = TreeNode[] | number | string | boolean;

/** What a form knows beyond the answers. */
export interface Surroundings {
  /** The names from below the root to what `${name}` stands for. */
  path_of(name: string): readonly string[] | undefined;
  /** The choices of a list as a tree `root/item/…`. */
  list(name: string): TreeNode | undefined;
  choice_label(question: string, choice: string, language: string): string | undefined;
}

/** What surrounds an answer: the moment, the language, and chance. */
export interface Scene {
  now: Moment;
  language: string;
  seed: number;
}

export interface Focus {
  node: TreeNode;
  position: number;
  size: number;
  /** The node the whole expression is about: `current()`. */
  current: TreeNode;
}

export function focus_on(node: TreeNode, current = node): Focus {
  return { node, position: 1, size: 1, current };
}

export class World {
  readonly random: Random;
  private readonly patterns = new Map<string, Pattern>();
  private steps = 0;

  constructor(
    readonly root: TreeNode,
    readonly surroundings: Surroundings,
    readonly scene: Scene,
  ) {
    this.random = new Random(scene.seed);
  }

  evaluate(expression: Expression, focus: Focus): Value {
    switch (expression.is) {
      case "number":
        return expression.number;
      case "text":
        return expression.text;
      case "call":
        return call(this, expression.name, expression.arguments, focus);
      case "pair":
        return this.pair(expression.operator, expression.left, expression.right, focus);
      case "negative":
        return -this.number(expression.inner, focus);
      case "path":
        return this.walk(expression.path, focus, true);
    }
  }

  text(expression: Expression, focus: Focus): string {
    return this.to_text(this.evaluate(expression, focus));
  }

  number(expression: Expression, focus: Focus): number {
    return this.to_number(this.evaluate(expression, focus));
  }

  bool(expression: Expression, focus: Focus): boolean {
    return to_bool(this.evaluate(expression, focus));
  }

  nodes(expression: Expression, focus: Focus): TreeNode[] {
    const value = this.evaluate(expression, focus);
    return Array.isArray(value) ? value : fail("needs_nodes");
  }

  to_text(value: Value): string {
    if (Array.isArray(value)) return value[0]?.whole_text() ?? "";
    return typeof value === "number" ? text_of_number(value) : String(value);
  }

  to_number(value: Value): number {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    return number_of_text(this.to_text(value), this.scene.now);
  }

  /** What a calculation puts into a node: text, and nothing where there is no number. */
  stored_text(value: Value): string {
    return typeof value === "number" && Number.isNaN(value) ? "" : this.to_text(value);
  }

  pattern_fits(pattern: string, text: string): boolean {
    let read = this.patterns.get(pattern);
    if (!read) this.patterns.set(pattern, (read = Pattern.of(pattern)));
    return read.fits(text);
  }

  /** Begins to count anew: the limit is one evaluation's. */
  rest(): void {
    this.steps = 0;
  }

  private step(count: number): void {
    this.steps += count;
    if (this.steps > EVALUATION_STEPS_MAX) fail("too_costly");
  }

  private pair(operator: Operator, left: Expression, right: Expression, focus: Focus): Value {
    switch (operator) {
      case "or":
        return this.bool(left, focus) || this.bool(right, focus);
      case "and":
        return this.bool(left, focus) && this.bool(right, focus);
      case "+":
        return this.number(left, focus) + this.number(right, focus);
      case "-":
        return this.number(left, focus) - this.number(right, focus);
      case "*":
        return this.number(left, focus) * this.number(right, focus);
      case "div":
        return this.number(left, focus) / this.number(right, focus);
      case "mod":
        return this.number(left, focus) % this.number(right, focus);
      case "|":
        return sorted([...this.nodes(left, focus), ...this.nodes(right, focus)]);
      default:
        return this.compare(operator, this.evaluate(left, focus), this.evaluate(right, focus));
    }
  }

  /** XPath 1.0, section 3.4: nodes compare by any of them, the rest by the simpler of the two types. */
  private compare(operator: Operator, left: Value, right: Value): boolean {
    if (Array.isArray(left) && typeof right === "boolean") left = left.length > 0;
    if (Array.isArray(right) && typeof left === "boolean") right = right.length > 0;
    const [lefts, rights] = [plains(left), plains(right)];
    this.step(lefts.length * rights.length);
    return lefts.some((one) => rights.some((other) => this.compare_plain(operator, one, other)));
  }

  private compare_plain(operator: Operator, left: Plain, right: Plain): boolean {
    if (operator === "=") return this.equal(left, right);
    if (operator === "!=") return !this.equal(left, right);
    const [one, other] = [this.to_number(left), this.to_number(right)];
    if (operator === "<") return one < other;
    if (operator === "<=") return one <= other;
    return operator === ">" ? one > other : one >= other;
  }

  private equal(left: Plain, right: Plain): boolean {
    if (typeof left === "boolean" || typeof right === "boolean") return to_bool(left) === to_bool(right);
    if (typeof left === "number" || typeof right === "number") return this.to_number(left) === this.to_number(right);
    return left === right;
  }

  /** Without `bound`, a path does not stay in one's own instance of a repeat: `indexed-repeat()` chooses among all. */
  walk(path: Path, focus: Focus, bound: boolean): TreeNode[] {
    let [nodes, steps] = this.begin(path, focus, bound);
    for (const step of steps) nodes = this.take_step(nodes, step, focus);
    return nodes.filter((node) => node.is_relevant());
  }

  private begin(path: Path, focus: Focus, bound: boolean): [TreeNode[], Step[]] {
    const { start, steps } = path;
    if (start.is === "here") return [[focus.node], steps];
    if (start.is === "top") return this.from_top(steps, focus, bound);
    if (start.is === "named") {
      const names = this.surroundings.path_of(start.name) ?? fail("unknown_reference", start.name);
      return [this.descend(names, focus, bound), steps];
    }
    return [this.narrowed(this.nodes(start.inner, focus), start.predicates, focus), steps];
  }

  /** `/data/…`: the first step names the root. Names without predicates that follow are walked like `${…}`. */
  private from_top(steps: Step[], focus: Focus, bound: boolean): [TreeNode[], Step[]] {
    const first = steps[0];
    if (!first || first.axis === "below") return [[this.root], steps];
    const is_root = first.axis === "child" && (first.name === null || first.name === this.root.name);
    if (!is_root) return [[], steps.slice(1)];
    const names: string[] = [];
    for (const step of steps.slice(1)) {
      if (step.axis !== "child" || step.name === null || step.predicates.length > 0) break;
      names.push(step.name);
    }
    return [this.descend(names, focus, bound), steps.slice(1 + names.length)];
  }

  /** Stays in the instances the focus lies in, but for the last name: whoever names a repeat means all of it. */
  private descend(names: readonly string[], focus: Focus, bound: boolean): TreeNode[] {
    const own = focus.node.chain()[0] === this.root ? focus.node : focus.current;
    const chain = bound ? own.chain() : [this.root];
    let shared = 0;
    while (shared < names.length - 1 && chain[shared + 1]?.name === names[shared]) shared += 1;
    let nodes: TreeNode[] = [chain[shared]!];
    for (const name of names.slice(shared)) {
      nodes = nodes.flatMap((node) => node.named(name));
      this.step(nodes.length + 1);
    }
    return nodes;
  }

  private take_step(from: TreeNode[], step: Step, focus: Focus): TreeNode[] {
    const nodes = from.flatMap((node) => this.narrowed(this.reach(node, step), step.predicates, focus));
    // Only these may reach a node twice, or out of order.
    return from.length > 1 && (step.axis === "parent" || step.axis === "below") ? sorted(nodes) : nodes;
  }

  private reach(node: TreeNode, { axis, name }: Step): TreeNode[] {
    let found: TreeNode[];
    if (axis === "child") found = name === null ? node.children() : Array.from(node.named(name));
    else if (axis === "below") found = this.all_below(node);
    else {
      const one = axis === "own" ? node : node.parent;
      found = one && (name === null || one.name === name) ? [one] : [];
    }
    this.step(found.length + 1);
    return found;
  }

  private all_below(node: TreeNode): TreeNode[] {
    this.step(1);
    return [node, ...node.children().flatMap((child) => this.all_below(child))];
  }

  /** Predicates, one after the other: a number is a position. */
  private narrowed(nodes: TreeNode[], predicates: Expression[], focus: Focus): TreeNode[] {
    for (const predicate of predicates) {
      this.step(nodes.length);
      const size = nodes.length;
      nodes = nodes.filter((node, index) => {
        const value = this.evaluate(predicate, { node, position: index + 1, size, current: focus.current });
        return typeof value === "number" ? value === index + 1 : to_bool(value);
      });
    }
    return nodes;
  }
}

type Plain = number | string | boolean;

function plains(value: Value): Plain[] {
  return Array.isArray(value) ? value.map((node) => node.whole_text()) : [value];
}

export function to_bool(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value);
}
