// The functions and what they take; crates/forms/src/expression/function.rs is its twin, and a test of it compares the names.

/** Least and most arguments, and how many of the first have to be paths. */
export type Signature = [least: number, most: number, nodes?: number];

const ANY = Infinity;

export const FUNCTIONS: Record<string, Signature> = {
  abs: [1, 1],
  acos: [1, 1],
  area: [1, 1],
  asin: [1, 1],
  atan: [1, 1],
  atan2: [2, 2],
  boolean: [1, 1],
  "boolean-from-string": [1, 1],
  ceiling: [1, 1],
  checklist: [3, ANY],
  coalesce: [2, ANY],
  concat: [1, ANY],
  contains: [2, 2],
  cos: [1, 1],
  count: [1, 1, 1],
  "count-non-empty": [1, 1, 1],
  "count-selected": [1, 1],
  current: [0, 0],
  date: [1, 1],
  "date-time": [1, 1],
  "decimal-date-time": [1, 1],
  "decimal-time": [1, 1],
  distance: [1, ANY],
  "ends-with": [2, 2],
  exp: [1, 1],
  exp10: [1, 1],
  false: [0, 0],
  floor: [1, 1],
  "format-date": [2, 2],
  "format-date-time": [2, 2],
  if: [3, 3],
  "indexed-repeat": [3, 7, 1],
  instance: [1, 1],
  int: [1, 1],
  join: [1, ANY],
  "jr:choice-name": [2, 2],
  last: [0, 0],
  log: [1, 1],
  log10: [1, 1],
  max: [1, ANY],
  min: [1, ANY],
  "normalize-space": [0, 1],
  not: [1, 1],
  now: [0, 0],
  number: [0, 1],
  once: [1, 1],
  pi: [0, 0],
  position: [0, 1],
  pow: [2, 2],
  random: [0, 0],
  regex: [2, 2],
  round: [1, 2],
  selected: [2, 2],
  "selected-at": [2, 2],
  sin: [1, 1],
  sqrt: [1, 1],
  "starts-with": [2, 2],
  string: [0, 1],
  "string-length": [0, 1],
  substr: [2, 3],
  substring: [2, 3],
  "substring-after": [2, 2],
  "substring-before": [2, 2],
  sum: [1, 1, 1],
  tan: [1, 1],
  today: [0, 0],
  translate: [3, 3],
  true: [0, 0],
  uuid: [0, 1],
  "weighted-checklist": [4, ANY],
};

export const UNSUPPORTED_FUNCTIONS = [
  "base64-decode",
  "digest",
  "geofence",
  "id",
  "jr:itext",
  "lang",
  "local-name",
  "name",
  "namespace-uri",
  "property",
  "pulldata",
  "randomize",
  "search",
  "thousands-sep",
  "version",
];

export function signature_of(name: string): Signature | undefined {
  return Object.prototype.hasOwnProperty.call(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

export function takes(name: string, count: number): boolean {
  const [least, most] = signature_of(name)!;
  if (name === "indexed-repeat" && count % 2 === 0) return false;
  if (name === "weighted-checklist" && count % 2 === 1) return false;
  return count >= least && count <= most;
}
