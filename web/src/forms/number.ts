// Numbers from text and to text: XPath 1.0, sections 4.2 and 4.4. Twin of crates/forms/src/expression/number.rs.
import { days_of_text, type Moment } from "./date";

const NUMBER = /^-?([0-9]+\.?[0-9]*|\.[0-9]+)$/;

/** No plus and no exponent; text that is a date or a moment counts the days since 1970-01-01. */
export function number_of_text(text: string, now: Moment): number {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (NUMBER.test(trimmed)) return Number(trimmed);
  return days_of_text(trimmed, now) ?? NaN;
}

/** As `string()`: no exponent, no sign of zero. */
export function text_of_number(number: number): string {
  if (!Number.isFinite(number)) return String(number);
  if (number === 0) return "0";
  const found = /^(-?)([0-9]+)(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(String(number));
  if (!found) return String(number);
  const [, sign, whole, fraction = "", exponent] = found;
  const digits = whole! + fraction;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}

/** Half goes up, towards positive infinity. */
export function round(number: number, decimals: number): number {
  if (!Number.isFinite(number)) return number;
  const scale = power_of_ten(Math.min(Math.abs(decimals), 20));
  return decimals >= 0 ? half_up(number * scale) / scale : half_up(number / scale) * scale;
}

function half_up(number: number): number {
  const below = Math.floor(number);
  return number - below >= 0.5 ? below + 1 : below;
}

/** Exact up to 10^22, as every step of the product is. */
function power_of_ten(exponent: number): number {
  let power = 1;
  for (let step = 0; step < Math.trunc(exponent); step += 1) power *= 10;
  return power;
}
