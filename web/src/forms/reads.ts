// Which nodes a rule reads: twin of crates/forms/src/plan/references.rs, without its faults.
import type { Expression, Path, Step } from "./expression";
import type { Item, Plan } from "./plan";

/** Nodes (`null` is the root), or something in a list, whose columns are not nodes of the form. */
type Context = (Item | null)[] | "elsewhere";

export function reads(plan: Plan, rule: Expression, owner: Item, at: Item | null): Set<Item> {
  const lookup = new Lookup(plan, owner);
  lookup.expression(rule, [at]);
  return lookup.found;
}

class Lookup {
  readonly found = new Set<Item>();

  constructor(
    private readonly plan: Plan,
    private readonly owner: Item,
  ) {}

  expression(expression: Expression, context: Context): void {
    if (expression.is === "call") for (const argument of expression.arguments) this.expression(argument, context);
    else if (expression.is === "pair") {
      this.expression(expression.left, context);
      this.expression(expression.right, context);
    } else if (expression.is === "negative") this.expression(expression.inner, context);
    else if (expression.is === "path") this.path(expression.path, context);
  }

  /** Looks a path up, and says where it leads. */
  private path(path: Path, context: Context): Context {
    let at = this.start(path, context);
    let { steps } = path;
    if (path.start.is === "top" && steps[0]?.axis === "child") {
      if (steps[0].name !== null && steps[0].name !== this.plan.root) return "elsewhere";
      steps = steps.slice(1);
    }
    for (const step of steps) {
      at = this.step(at, step);
      for (const predicate of step.predicates) this.expression(predicate, at);
    }
    // `.` alone is the node itself: a constraint's candidate, or what `once()` keeps.
    const is_own = path.start.is === "here" && path.steps.every((step) => step.axis === "own");
    if (at !== "elsewhere" && !is_own) for (const item of at) if (item) this.found.add(item);
    return at;
  }

  private start({ start }: Path, context: Context): Context {
    if (start.is === "here") return context;
    if (start.is === "top") return [null];
    if (start.is === "named") {
      const item = this.plan.find_name(start.name);
      return item ? [item] : "elsewhere";
    }
    const at = this.given_by(start.inner, context);
    for (const predicate of start.predicates) this.expression(predicate, at);
    return at;
  }

  private given_by(expression: Expression, context: Context): Context {
    if (expression.is === "path") return this.path(expression.path, context);
    if (expression.is === "call" && expression.name === "current") return [this.owner];
    this.expression(expression, context);
    return "elsewhere";
  }

  private step(at: Context, step: Step): Context {
    if (at === "elsewhere") return at;
    const reached = at.flatMap((item) => this.reach(item, step));
    return reached.length === 0 && step.axis !== "parent" && step.name !== null ? "elsewhere" : reached;
  }

  private reach(item: Item | null, { axis, name }: Step): (Item | null)[] {
    if (axis === "own") return [item];
    if (axis === "parent") return item ? [item.parent] : [];
    if (axis === "below") return item ? this.plan.within(item) : [null, ...this.plan.items];
    if (name === null) return item ? item.children : this.plan.top;
    const found = this.plan.find_path(`/${[...(item?.names ?? []), name].join("/")}`);
    return found ? [found] : [];
  }
}
