// Patterns of `regex()`, matched in linear time: the browser's own engine can run for hours on one. Twin of
// crates/forms/src/expression/pattern.rs; what a pattern may be is said there.
import { fail } from "./fault";
import { PATTERN_CHARS_MAX, PATTERN_GROUPS_DEEP_MAX, PATTERN_REPEATS_MAX, PATTERN_STATES_MAX } from "./limits";

type Fits = (c: string) => boolean;

type Part =
  | { is: "char"; fits: Fits }
  | { is: "begin" }
  | { is: "end" }
  | { is: "row"; parts: Part[] }
  | { is: "choice"; options: Part[] }
  | { is: "repeat"; part: Part; least: number; most: number | null };

/** What a machine does at a state: read a character, go two ways, or be at an end of the text. */
type State = { is: "char"; fits: Fits } | { is: "split"; to: number; or: number } | { is: "begin" | "end" | "done" };

export class Pattern {
  private constructor(private readonly states: State[]) {}

  /** Reads a pattern, or fails with `expression.bad_pattern`. */
  static of(pattern: string): Pattern {
    const part = new Reader(Array.from(pattern)).whole();
    const states: State[] = [];
    build(part, states);
    states.push({ is: "done" });
    return new Pattern(states);
  }

  /** Whether the whole text fits. All states are followed at once, so each character is looked at once. */
  fits(text: string): boolean {
    const chars = Array.from(text);
    let here = this.follow([0], 0, chars.length);
    for (let at = 0; at < chars.length && here.length > 0; at += 1) {
      const next: number[] = [];
      for (const number of here) {
        const state = this.states[number]!;
        if (state.is === "char" && state.fits(chars[at]!)) next.push(number + 1);
      }
      here = this.follow(next, at + 1, chars.length);
    }
    return here.some((number) => this.states[number]!.is === "done");
  }

  /** The states reached without reading. */
  private follow(from: number[], at: number, length: number): number[] {
    const reached: number[] = [];
    const known = new Set<number>();
    const waiting = from.reverse();
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      if (known.has(number)) continue;
      known.add(number);
      const state = this.states[number]!;
      if (state.is === "split") waiting.push(state.or, state.to);
      else if (state.is === "begin" && at === 0) waiting.push(number + 1);
      else if (state.is === "end" && at === length) waiting.push(number + 1);
      else if (state.is === "char" || state.is === "done") reached.push(number);
    }
    return reached;
  }
}

/** Appends the states of a part; whoever comes after it follows on. */
function build(part: Part, states: State[]): void {
  if (part.is === "row") for (const inner of part.parts) build(inner, states);
  else if (part.is === "choice") build_choice(part.options, states);
  else if (part.is === "repeat") build_repeat(part.part, part.least, part.most, states);
  else states.push(part);
}

function build_choice(options: Part[], states: State[]): void {
  const ends: { is: "split"; to: number; or: number }[] = [];
  options.forEach((option, index) => {
    const split = { is: "split" as const, to: states.length + 1, or: states.length + 1 };
    states.push(split);
    build(option, states);
    if (index === options.length - 1) return;
    const end = { is: "split" as const, to: 0, or: 0 };
    states.push(end);
    ends.push(end);
    split.or = states.length;
  });
  for (const end of ends) end.to = end.or = states.length;
}

function build_repeat(part: Part, least: number, most: number | null, states: State[]): void {
  for (let count = 0; count < least; count += 1) build(part, states);
  if (most === null) {
    const begin = states.length;
    const split = { is: "split" as const, to: begin + 1, or: 0 };
    states.push(split);
    build(part, states);
    states.push({ is: "split", to: begin, or: begin });
    split.or = states.length;
    return;
  }
  const splits: { is: "split"; to: number; or: number }[] = [];
  for (let count = least; count < most; count += 1) {
    const split = { is: "split" as const, to: states.length + 1, or: 0 };
    states.push(split);
    splits.push(split);
    build(part, states);
  }
  for (const split of splits) split.or = states.length;
}

const DIGIT = /[0-9]/;
const WORD = /[A-Za-z0-9_]/;
const SPACE = /[ \t\n\r\v\f]/;
const PROPERTIES: Record<string, RegExp> = {
  L: /\p{L}/u,
  Lu: /\p{Lu}/u,
  Ll: /\p{Ll}/u,
  N: /\p{N}/u,
  Nd: /\p{Nd}/u,
  P: /\p{P}/u,
  S: /\p{S}/u,
  Han: /\p{Script=Han}/u,
  IsHan: /\p{Script=Han}/u,
};

function of_class(set: RegExp, negative = false): Fits {
  return (c) => set.test(c) !== negative;
}

function bad(why: string): never {
  return fail("bad_pattern", why);
}

/** Each method gives its part and the states it unfolds to, counted as its twin counts them. */
class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly chars: string[]) {}

  whole(): Part {
    if (this.chars.length > PATTERN_CHARS_MAX) bad("too long");
    const [part, states] = this.choice();
    if (this.at < this.chars.length) bad("`)` without `(`");
    if (states > PATTERN_STATES_MAX) bad("unfolds to too many states");
    return part;
  }

  private choice(): [Part, number] {
    let [first, states] = this.row();
    const options = [first];
    while (this.chars[this.at] === "|") {
      this.at += 1;
      const [option, more] = this.row();
      options.push(option);
      states += 1 + more;
    }
    return [options.length === 1 ? first : { is: "choice", options }, states];
  }

  private row(): [Part, number] {
    const parts: Part[] = [];
    let states = 0;
    for (let c = this.chars[this.at]; c !== undefined && c !== "|" && c !== ")"; c = this.chars[this.at]) {
      const [atom, once] = this.atom(c);
      const [part, count] = this.repeated(atom, once);
      parts.push(part);
      states += count;
    }
    return [{ is: "row", parts }, states];
  }

  private atom(c: string): [Part, number] {
    this.at += 1;
    if (c === "(") return this.group();
    if (c === "^") return [{ is: "begin" }, 1];
    if (c === "$") return [{ is: "end" }, 1];
    if ("*+?{}]".includes(c)) bad(`\`${c}\` has nothing before it`);
    return [{ is: "char", fits: this.one(c) }, 1];
  }

  private one(c: string): Fits {
    if (c === "[") return this.char_class();
    if (c === "\\") return this.escape();
    if (c === ".") return (other) => other !== "\n" && other !== "\r";
    return (other) => other === c;
  }

  private group(): [Part, number] {
    if (this.chars[this.at] === "?") {
      if (this.chars[this.at + 1] !== ":") bad("`(?` other than `(?:`");
      this.at += 2;
    }
    this.depth += 1;
    if (this.depth > PATTERN_GROUPS_DEEP_MAX) bad("groups too deep");
    const [part, states] = this.choice();
    if (this.next() !== ")") bad("`(` is not closed");
    this.depth -= 1;
    return [part, states + 1];
  }

  private repeated(part: Part, once: number): [Part, number] {
    const bounds = this.bounds();
    if (!bounds) return [part, once];
    const [least, most] = bounds;
    const follows = this.chars[this.at];
    // Whether little or much is taken makes no difference to whether the whole fits.
    if (follows === "?") this.at += 1;
    else if (follows === "+" || follows === "*" || follows === "{") bad("a quantifier after a quantifier");
    if (part.is === "begin" || part.is === "end") bad("`^` and `$` are not repeated");
    return [{ is: "repeat", part, least, most }, once * Math.max(most ?? least + 1, 1) + 1];
  }

  private bounds(): [number, number | null] | undefined {
    const c = this.chars[this.at];
    if (c === "{") return this.counted();
    const bounds: [number, number | null] | undefined = c === "*" ? [0, null] : c === "+" ? [1, null] : c === "?" ? [0, 1] : undefined;
    if (bounds) this.at += 1;
    return bounds;
  }

  private counted(): [number, number | null] {
    const end = this.chars.indexOf("}", this.at);
    if (end < 0) bad("`{` is not closed");
    const inside = this.chars.slice(this.at + 1, end).join("");
    this.at = end + 1;
    const found = /^([0-9]{1,6})(,([0-9]{1,6})?)?$/.exec(inside) ?? bad("not a count");
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === undefined ? null : Number(found[3]);
    if (Math.max(least, most ?? 0) > PATTERN_REPEATS_MAX || (most !== null && most < least)) bad("not a count");
    return [least, most];
  }

  private char_class(): Fits {
    const negative = this.chars[this.at] === "^";
    if (negative) this.at += 1;
    const fits: Fits[] = [];
    for (;;) {
      const c = this.next() ?? bad("`[` is not closed");
      if (c === "]" && fits.length > 0) break;
      if (c === "[" || c === "]") bad("`[` or `]` within a class");
      const letter = this.chars[this.at];
      fits.push(c === "\\" && letter !== undefined && "dDwWsSp".includes(letter) ? this.escape() : this.range(c));
    }
    return (c) => fits.some((one) => one(c)) !== negative;
  }

  private range(c: string): Fits {
    const from = this.class_char(c);
    const after = this.chars[this.at + 1];
    if (this.chars[this.at] !== "-" || after === undefined || after === "]") return (other) => other === from;
    this.at += 2;
    const to = this.class_char(after);
    const [low, high] = [from.codePointAt(0)!, to.codePointAt(0)!];
    if (high < low) bad("a range that runs backwards");
    return (other) => {
      const code = other.codePointAt(0)!;
      return code >= low && code <= high;
    };
  }

  private class_char(c: string): string {
    return c === "\\" ? this.escaped_char(this.next() ?? bad("ends with a backslash")) : c;
  }

  private escape(): Fits {
    const letter = this.next() ?? bad("ends with a backslash");
    if (letter === "d" || letter === "D") return of_class(DIGIT, letter === "D");
    if (letter === "w" || letter === "W") return of_class(WORD, letter === "W");
    if (letter === "s" || letter === "S") return of_class(SPACE, letter === "S");
    if (letter === "p") return of_class(this.property());
    const c = this.escaped_char(letter);
    return (other) => other === c;
  }

  private property(): RegExp {
    const end = this.chars.indexOf("}", this.at);
    const name = this.chars.slice(this.at + 1, end < 0 ? undefined : end).join("");
    if (this.chars[this.at] !== "{" || end < 0) bad("`\\p` without `{…}`");
    this.at = end + 1;
    return PROPERTIES[name] ?? bad(`\\p{${name}}`);
  }

  private escaped_char(letter: string): string {
    if (letter === "n") return "\n";
    if (letter === "t") return "\t";
    if (letter === "r") return "\r";
    if (letter === "x") return this.hex(2);
    if (letter === "u") return this.hex(4);
    if (/[A-Za-z0-9]/.test(letter)) bad(`\\${letter}`);
    return letter;
  }

  private hex(length: number): string {
    const digits = this.chars.slice(this.at, this.at + length).join("");
    this.at += length;
    const code = parseInt(digits, 16);
    const is_half = code >= 0xd800 && code <= 0xdfff;
    if (digits.length !== length || !/^[0-9A-Fa-f]+$/.test(digits) || is_half) bad("not a character");
    return String.fromCodePoint(code);
  }

  private next(): string | undefined {
    const c = this.chars[this.at];
    this.at += c === undefined ? 0 : 1;
    return c;
  }
}
