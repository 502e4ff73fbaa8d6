// An expression cut into tokens: XPath 1.0, section 3.7, with `${name}` of XLSForm.
import type { Operator } from "./expression";
import { fail } from "./fault";
import { EXPRESSION_CHARS_MAX } from "./limits";

export type Token =
  | { is: "number"; number: number }
  | { is: "text"; text: string }
  | { is: "name"; name: string }
  | { is: "reference"; name: string }
  | { is: "axis"; name: string }
  | { is: "operator"; operator: Operator }
  | { is: "sign"; sign: Sign };

/** `star` is any name; times is an operator. */
export type Sign = "star" | "/" | "//" | "." | ".." | "(" | ")" | "[" | "]" | "," | "@";

/** XML 1.0 (fifth edition), productions 4 and 4a, without the colon. */
const START =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const NAME_START = new RegExp(`^[${START}]$`, "u");
const NAME_CHAR = new RegExp(`^[${START}.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}-]$`, "u");
const SPACE = /^[ \t\r\n\u00a0\u3000]$/;
const DIGIT = /^[0-9]$/;

const SIGNS: [string, Token][] = [
  ["//", sign("//")],
  ["..", sign("..")],
  ["!=", operator("!=")],
  ["<=", operator("<=")],
  [">=", operator(">=")],
  ["/", sign("/")],
  [".", sign(".")],
  ["(", sign("(")],
  [")", sign(")")],
  ["[", sign("[")],
  ["]", sign("]")],
  [",", sign(",")],
  ["@", sign("@")],
  ["=", operator("=")],
  ["<", operator("<")],
  [">", operator(">")],
  ["+", operator("+")],
  ["-", operator("-")],
  ["|", operator("|")],
];

function sign(of: Sign): Token {
  return { is: "sign", sign: of };
}

function operator(of: Operator): Token {
  return { is: "operator", operator: of };
}

export function tokens(text: string): Token[] {
  const chars = Array.from(text);
  if (chars.length > EXPRESSION_CHARS_MAX) fail("too_long");
  const found: Token[] = [];
  let at = 0;
  while (at < chars.length) {
    if (SPACE.test(chars[at]!)) {
      at += 1;
      continue;
    }
    const [token, length] = cut(chars, at, operand_before(found));
    found.push(token);
    at += length;
  }
  return found;
}

/** "If there is a preceding token and the preceding token is not one of @, ::, (, [, , or an Operator" (section 3.7). */
function operand_before(found: Token[]): boolean {
  const last = found[found.length - 1];
  if (!last || last.is === "axis" || last.is === "operator") return false;
  return last.is !== "sign" || !["@", "(", "[", ",", "/", "//"].includes(last.sign);
}

/** The token that begins at a place, and its length. */
function cut(chars: string[], at: number, after_operand: boolean): [Token, number] {
  const c = chars[at]!;
  const next = chars[at + 1] ?? "";
  if (c === "'" || c === '"') return cut_text(chars, at, c);
  if (c === "$" && next === "{") return cut_reference(chars, at);
  if (DIGIT.test(c) || (c === "." && DIGIT.test(next))) return cut_number(chars, at);
  if (NAME_START.test(c)) return cut_name(chars, at, after_operand);
  if (c === "*") return [after_operand ? operator("*") : sign("star"), 1];
  const known = SIGNS.find(([written]) => written === c + next) ?? SIGNS.find(([written]) => written === c);
  return known ? [known[1], known[0].length] : fail("unexpected", c);
}

function cut_text(chars: string[], at: number, quote: string): [Token, number] {
  const end = chars.indexOf(quote, at + 1);
  if (end < 0) fail("open_text");
  return [{ is: "text", text: chars.slice(at + 1, end).join("") }, end + 1 - at];
}

function cut_reference(chars: string[], at: number): [Token, number] {
  const end = chars.indexOf("}", at);
  if (end < 0) fail("open_text");
  const name = chars
    .slice(at + 2, end)
    .join("")
    .trim();
  return [{ is: "reference", name }, end + 1 - at];
}

function cut_number(chars: string[], at: number): [Token, number] {
  let end = at;
  let points = 0;
  while (end < chars.length) {
    points += chars[end] === "." ? 1 : 0;
    if (!DIGIT.test(chars[end]!) && !(chars[end] === "." && points === 1)) break;
    end += 1;
  }
  return [{ is: "number", number: Number(chars.slice(at, end).join("")) }, end - at];
}

function cut_name(chars: string[], at: number, after_operand: boolean): [Token, number] {
  let end = at;
  while (end < chars.length) {
    const in_prefix = chars[end] === ":" && NAME_START.test(chars[end + 1] ?? "");
    if (!NAME_CHAR.test(chars[end]!) && !in_prefix) break;
    end += 1;
  }
  const name = chars.slice(at, end).join("");
  if (chars[end] === ":" && chars[end + 1] === ":") return [{ is: "axis", name }, end + 2 - at];
  const is_operator = name === "or" || name === "and" || name === "div" || name === "mod";
  return [is_operator && after_operand ? operator(name) : { is: "name", name }, end - at];
}
