// An expression after parsing; crates/forms/src/expression/ast.rs is its twin.

export type Operator = "or" | "and" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "div" | "mod" | "|";

export type Expression =
  | { is: "number"; number: number }
  | { is: "text"; text: string }
  | { is: "call"; name: string; arguments: Expression[] }
  | { is: "pair"; operator: Operator; left: Expression; right: Expression }
  | { is: "negative"; inner: Expression }
  | { is: "path"; path: Path };

export interface Path {
  start: Start;
  steps: Step[];
}

/** `here`: the node it is about. `top`: `/…`. `named`: `${name}`. `of`: what another expression gives, narrowed by predicates. */
export type Start = { is: "here" } | { is: "top" } | { is: "named"; name: string } | { is: "of"; inner: Expression; predicates: Expression[] };

export type Axis = "child" | "parent" | "own" | "below";

export interface Step {
  axis: Axis;
  /** `null` for any name. */
  name: string | null;
  predicates: Expression[];
}
