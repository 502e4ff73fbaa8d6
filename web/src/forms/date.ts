// Dates and times as answers hold them: twin of crates/forms/src/expression/date.rs.

/** A day since 1970-01-01, milliseconds of it, and minutes east of UTC. */
export interface Moment {
  days: number;
  millis: number;
  offset: number;
}

const DAY_MILLIS = 86_400_000;
const MINUTE_MILLIS = 60_000;
const DAYS_MIN = -719_162;
const DAYS_MAX = 2_932_896;

export function parse_moment(text: string, now: Moment): Moment | undefined {
  const at = text.search(/[T ]/);
  const days = parse_date(at < 0 ? text : text.slice(0, at));
  const time = at < 0 ? { millis: 0, offset: undefined } : parse_time(text.slice(at + 1));
  if (days === undefined || !time) return undefined;
  return { days, millis: time.millis, offset: time.offset ?? now.offset };
}

/** Counted in the offset of `now`: a date is a whole number, and today is the whole part of now. */
export function days_of_text(text: string, now: Moment): number | undefined {
  const moment = parse_moment(text, now);
  if (!moment) return undefined;
  const millis = moment.days * DAY_MILLIS + moment.millis + (now.offset - moment.offset) * MINUTE_MILLIS;
  const days = Math.floor(millis / DAY_MILLIS);
  return days + (millis - days * DAY_MILLIS) / DAY_MILLIS;
}

export function moment_of_days(days: number, now: Moment): Moment | undefined {
  const whole = Math.floor(days);
  if (!(whole >= DAYS_MIN && whole <= DAYS_MAX)) return undefined;
  const millis = Math.round((days - whole) * DAY_MILLIS);
  return { days: whole + Math.trunc(millis / DAY_MILLIS), millis: millis % DAY_MILLIS, offset: now.offset };
}

/** The fraction of its day, in the offset of `now`. */
export function fraction_of_time(text: string, now: Moment): number | undefined {
  const time = parse_time(text);
  if (!time) return undefined;
  const here = time.millis + (now.offset - (time.offset ?? now.offset)) * MINUTE_MILLIS;
  return (((here % DAY_MILLIS) + DAY_MILLIS) % DAY_MILLIS) / DAY_MILLIS;
}

export function date_text(moment: Moment): string {
  const [year, month, day] = civil(moment.days);
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

export function moment_text(moment: Moment): string {
  const [hour, minute, second, milli] = clock(moment);
  const offset = Math.abs(moment.offset);
  const zone = `${moment.offset < 0 ? "-" : "+"}${pad(Math.trunc(offset / 60))}:${pad(offset % 60)}`;
  return `${date_text(moment)}T${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(milli, 3)}${zone}`;
}

/** What follows a `%` and is none of the letters stays as it is. */
export function format_moment(moment: Moment, shape: string, with_time: boolean, language: string): string {
  return shape.replace(/%([^])/gu, (whole, letter: string) => part(moment, letter, with_time, language) ?? whole);
}

/** The short name of a day's month or weekday. */
function short_name(days: number, what: "month" | "weekday", language: string): string {
  const locale = language === "zh" ? "zh-CN" : "en-US";
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", [what]: "short" }).format(new Date(days * DAY_MILLIS));
}

function part(moment: Moment, letter: string, with_time: boolean, language: string): string | undefined {
  if (letter === "b") return short_name(moment.days, "month", language);
  if (letter === "a") return short_name(moment.days, "weekday", language);
  const [year, month, day] = civil(moment.days);
  const [hour, minute, second, milli] = clock(moment);
  const days: Record<string, string> = {
    Y: pad(year, 4),
    y: pad(year % 100),
    m: pad(month),
    n: String(month),
    d: pad(day),
    e: String(day),
    "%": "%",
  };
  const times: Record<string, string> = { H: pad(hour), h: String(hour), M: pad(minute), S: pad(second), "3": pad(milli, 3) };
  return days[letter] ?? (with_time ? times[letter] : undefined);
}

function clock(moment: Moment): [number, number, number, number] {
  const seconds = Math.trunc(moment.millis / 1000);
  return [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60, moment.millis % 1000];
}

function pad(number: number, length = 2): string {
  return String(number).padStart(length, "0");
}

export function parse_date(text: string): number | undefined {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const days = days_of(year, month, day);
  const [same_year, same_month, same_day] = civil(days);
  return year >= 1 && same_year === year && same_month === month && same_day === day ? days : undefined;
}

const TIME = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?$/;

/** Milliseconds of the day, and the offset where one is written. */
export function parse_time(text: string): { millis: number; offset: number | undefined } | undefined {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  const offset = found[5] === undefined ? undefined : offset_of(found[5]);
  if (hour > 23 || minute > 59 || second > 59 || (offset !== undefined && Number.isNaN(offset))) return undefined;
  const milli = Number((found[4] ?? "0").padEnd(3, "0").slice(0, 3));
  return { millis: (hour * 60 + minute) * MINUTE_MILLIS + second * 1000 + milli, offset };
}

function offset_of(text: string): number {
  if (text === "Z") return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(4) || 0)];
  if (hours > 14 || minutes > 59) return NaN;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** "days_from_civil" of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain). */
function days_of(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const year_of_era = shifted - era * 400;
  const day_of_year = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + year_of_era * 365 + Math.floor(year_of_era / 4) - Math.floor(year_of_era / 100) + day_of_year - 719_468;
}

/** "civil_from_days" of the same: year, month, day. */
function civil(days: number): [number, number, number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const day_of_era = shifted - era * 146_097;
  const year_of_era = Math.floor(
    (day_of_era - Math.floor(day_of_era / 1_460) + Math.floor(day_of_era / 36_524) - Math.floor(day_of_era / 146_096)) / 365,
  );
  const day_of_year = day_of_era - (365 * year_of_era + Math.floor(year_of_era / 4) - Math.floor(year_of_era / 100));
  const month = Math.floor((5 * day_of_year + 2) / 153);
  const day = day_of_year - Math.floor((153 * month + 2) / 5) + 1;
  const civil_month = month < 10 ? month + 3 : month - 9;
  return [year_of_era + era * 400 + (civil_month <= 2 ? 1 : 0), civil_month, day];
}
