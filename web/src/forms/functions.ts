// The functions: twin of crates/forms/src/expression/functions. Each takes its arguments as they are, for some are not evaluated.
import { date_text, format_moment, fraction_of_time, moment_of_days, moment_text } from "./date";
import { type Focus, type Value, type World } from "./evaluate";
import type { Expression } from "./expression";
import { fail } from "./fault";
import { ANSWER_CHARS_MAX } from "./limits";
import { number_of_text, round } from "./number";
import { area_of, length_of, parse_points, type Point } from "./place";
import type { TreeNode } from "./tree";

type Body = (call: Call) => Value;

export function call(world: World, name: string, given: Expression[], focus: Focus): Value {
  return BODIES[name]!(new Call(world, given, focus));
}

class Call {
  constructor(
    readonly world: World,
    readonly given: Expression[],
    readonly focus: Focus,
  ) {}

  value(index: number): Value {
    return this.world.evaluate(this.given[index]!, this.focus);
  }

  text(index: number): string {
    return this.world.text(this.given[index]!, this.focus);
  }

  number(index: number): number {
    return this.world.number(this.given[index]!, this.focus);
  }

  bool(index: number): boolean {
    return this.world.bool(this.given[index]!, this.focus);
  }

  nodes(index: number): TreeNode[] {
    return this.world.nodes(this.given[index]!, this.focus);
  }

  /** The first argument, or the node the expression is about. */
  text_or_own(): string {
    return this.given.length === 0 ? this.focus.node.whole_text() : this.text(0);
  }

  /** All texts of the arguments from one on: of every node where one gives nodes. */
  texts_from(first: number): string[] {
    return this.given.slice(first).flatMap((_, index) => {
      const value = this.value(first + index);
      return Array.isArray(value) ? value.map((node) => node.whole_text()) : [this.world.to_text(value)];
    });
  }

  /** The numbers of all arguments; what is not answered is left out. */
  numbers(): number[] {
    const texts = this.texts_from(0).filter((text) => text !== "");
    return texts.map((text) => number_of_text(text, this.world.scene.now));
  }

  moment() {
    return moment_of_days(this.number(0), this.world.scene.now);
  }
}

const of_one = (of: (number: number) => number): Body => {
  return (call) => of(call.number(0));
};

const formatted = (with_time: boolean): Body => {
  return (call) => {
    const moment = call.moment();
    return moment ? format_moment(moment, call.text(1), with_time, call.world.scene.language) : "";
  };
};

const BODIES: Record<string, Body> = {
  abs: of_one(Math.abs),
  acos: of_one(Math.acos),
  area: (call) => of_points(call, area_of),
  asin: of_one(Math.asin),
  atan: of_one(Math.atan),
  atan2: (call) => Math.atan2(call.number(0), call.number(1)),
  boolean: (call) => call.bool(0),
  "boolean-from-string": (call) => ["true", "1"].includes(call.text(0)),
  ceiling: of_one(Math.ceil),
  checklist: (call) => checklist(call, 1),
  coalesce: (call) => call.given.map((_, index) => index).reduce((text, index) => text || call.text(index), ""),
  concat: (call) => call.texts_from(0).join(""),
  contains: (call) => call.text(0).includes(call.text(1)),
  cos: of_one(Math.cos),
  count: (call) => call.nodes(0).length,
  "count-non-empty": (call) => call.nodes(0).filter((node) => node.whole_text() !== "").length,
  "count-selected": (call) => names(call.text(0)).length,
  current: (call) => [call.focus.current],
  date: (call) => {
    const moment = call.moment();
    return moment ? date_text(moment) : "";
  },
  "date-time": (call) => {
    const moment = call.moment();
    return moment ? moment_text(moment) : "";
  },
  "decimal-date-time": (call) => call.number(0),
  "decimal-time": (call) => fraction_of_time(call.text(0), call.world.scene.now) ?? NaN,
  distance: (call) => of_points(call, length_of),
  "ends-with": (call) => call.text(0).endsWith(call.text(1)),
  exp: of_one(Math.exp),
  exp10: of_one((number) => Math.pow(10, number)),
  false: () => false,
  floor: of_one(Math.floor),
  "format-date": formatted(false),
  "format-date-time": formatted(true),
  if: (call) => call.value(call.bool(0) ? 1 : 2),
  "indexed-repeat": indexed_repeat,
  instance: (call) => {
    const name = call.text(0);
    return [call.world.surroundings.list(name) ?? fail("unknown_list", name)];
  },
  int: of_one(Math.trunc),
  join: (call) => call.texts_from(1).join(call.text(0)),
  "jr:choice-name": choice_name,
  last: (call) => call.focus.size,
  log: of_one(Math.log),
  log10: of_one(Math.log10),
  max: (call) => extreme(call.numbers(), (number, best) => number > best),
  min: (call) => extreme(call.numbers(), (number, best) => number < best),
  "normalize-space": (call) =>
    call
      .text_or_own()
      .split(/[ \t\r\n]+/)
      .filter(Boolean)
      .join(" "),
  not: (call) => !call.bool(0),
  now: (call) => moment_text(call.world.scene.now),
  number: (call) => (call.given.length === 0 ? number_of_text(call.text_or_own(), call.world.scene.now) : call.number(0)),
  once: (call) => call.focus.node.whole_text() || call.text(0),
  pi: () => Math.PI,
  position: (call) => (call.given.length === 0 ? call.focus.position : (call.nodes(0)[0]?.position() ?? NaN)),
  pow: (call) => Math.pow(call.number(0), call.number(1)),
  random: (call) => call.world.random.next(),
  regex: (call) => {
    const pattern = call.text(1);
    return call.world.pattern_fits(pattern, call.text(0));
  },
  round: (call) => round(call.number(0), call.given.length === 2 ? Math.trunc(call.number(1)) || 0 : 0),
  selected: (call) => names(call.text(0)).includes(names(call.text(1)).join(" ")),
  "selected-at": (call) => {
    const [list, index] = [names(call.text(0)), call.number(1)];
    return (index >= 0 && list[Math.trunc(index)]) || "";
  },
  sin: of_one(Math.sin),
  sqrt: of_one(Math.sqrt),
  "starts-with": (call) => call.text(0).startsWith(call.text(1)),
  string: (call) => call.text_or_own(),
  "string-length": (call) => Array.from(call.text_or_own()).length,
  substr,
  substring,
  "substring-after": (call) => {
    const [text, mark] = [call.text(0), call.text(1)];
    return text.includes(mark) ? text.slice(text.indexOf(mark) + mark.length) : "";
  },
  "substring-before": (call) => {
    const [text, mark] = [call.text(0), call.text(1)];
    return text.includes(mark) ? text.slice(0, text.indexOf(mark)) : "";
  },
  sum: (call) => call.numbers().reduce((sum, number) => sum + number, 0),
  tan: of_one(Math.tan),
  today: (call) => date_text(call.world.scene.now),
  translate: (call) => {
    const [from, to] = [Array.from(call.text(1)), Array.from(call.text(2))];
    const moved = Array.from(call.text(0)).map((c) => (from.includes(c) ? (to[from.indexOf(c)] ?? "") : c));
    return moved.join("");
  },
  true: () => true,
  uuid: (call) => {
    if (call.given.length === 0) return call.world.random.uuid();
    const count = Math.trunc(Math.min(Math.max(call.number(0), 0), ANSWER_CHARS_MAX));
    return call.world.random.digits(count || 0);
  },
  "weighted-checklist": (call) => checklist(call, 2),
};

/** Names with spaces between, as several choices are kept. */
export function names(text: string): string[] {
  return text.split(/[ \t\n\f\r]+/).filter(Boolean);
}

/** Whether what is true lies between the first two arguments, each with its weight where there are two a time; -1 is no bound. */
function checklist(call: Call, width: number): boolean {
  const [least, most] = [call.number(0), call.number(1)];
  let total = 0;
  for (let index = 2; index < call.given.length; index += width) {
    const value = call.value(index);
    const counts = typeof value === "boolean" ? value : call.world.to_number(value) > 0;
    if (counts) total += width === 2 ? call.number(index + 1) : 1;
  }
  return (least === -1 || total >= least) && (most === -1 || total <= most);
}

/** Not a number as soon as one is none, or where there are none. */
function extreme(numbers: number[], is_better: (number: number, best: number) => boolean): number {
  if (numbers.length === 0 || numbers.some(Number.isNaN)) return NaN;
  return numbers.reduce((best, number) => (is_better(number, best) ? number : best));
}

/** From 0, without the end; below 0 counts from the end of the text. */
function substr(call: Call): string {
  const chars = Array.from(call.text(0));
  const index = (number: number): number => {
    const whole = Number.isNaN(number) ? 0 : Math.trunc(number);
    return Math.min(Math.max(whole < 0 ? whole + chars.length : whole, 0), chars.length);
  };
  const begin = index(call.number(1));
  const end = call.given.length === 3 ? index(call.number(2)) : chars.length;
  return chars.slice(begin, end).join("");
}

/** From 1, rounded. */
function substring(call: Call): string {
  const begin = round(call.number(1), 0);
  const end = call.given.length === 3 ? begin + round(call.number(2), 0) : Infinity;
  const kept = Array.from(call.text(0)).filter((_, index) => index + 1 >= begin && index + 1 < end);
  return kept.join("");
}

/** The nodes of the first argument within the chosen instance of each repeat, which are given from the outside in. */
function indexed_repeat(call: Call): TreeNode[] {
  let within: TreeNode | undefined;
  for (let index = 1; index < call.given.length; index += 2) {
    const instances = kept_within(all_nodes(call, index), within);
    const position = call.number(index + 1);
    within = position >= 1 ? instances[Math.trunc(position) - 1] : undefined;
    if (!within) return [];
  }
  return kept_within(all_nodes(call, 0), within);
}

function all_nodes(call: Call, index: number): TreeNode[] {
  const argument = call.given[index]!;
  return argument.is === "path" ? call.world.walk(argument.path, call.focus, false) : call.nodes(index);
}

function kept_within(nodes: TreeNode[], ancestor: TreeNode | undefined): TreeNode[] {
  return ancestor ? nodes.filter((node) => node.is_within(ancestor)) : nodes;
}

/** The label of a choice. The second argument names the question: `'${name}'`, a path as text, or `${name}`. */
function choice_name(call: Call): string {
  const question = call.given[1]!;
  const is_named = question.is === "path" && question.path.start.is === "named" && question.path.steps.length === 0;
  if (question.is === "path" && !is_named) fail("needs_nodes", "jr:choice-name");
  const written = question.is === "path" && question.path.start.is === "named" ? question.path.start.name : call.text(1).trim();
  const name = /^\$\{(.*)\}$/.exec(written)?.[1]?.trim() ?? written;
  return call.world.surroundings.choice_label(name, call.text(0), call.world.scene.language) ?? "";
}

/** The points of one place, or of many nodes that are points, or of several arguments. */
function of_points(call: Call, measure: (points: Point[]) => number): number {
  const all: Point[] = [];
  for (const text of call.texts_from(0).filter(Boolean)) {
    const points = parse_points(text);
    if (!points) return NaN;
    all.push(...points);
  }
  return measure(all);
}

