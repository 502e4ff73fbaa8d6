// How a unit keeps its promises: what is asked for stands in the address, every figure leads to the cases behind it.
import type { RouteLocationRaw } from "vue-router";
import { api, ask, type Schema } from "../../../../client/api";
import { told, tr } from "../../../../lib/words";
import { days_after, is_day, today } from "../../../fieldwork/desk/calendar";

export type Promises = Schema["Promises"];
export type Figure = Schema["PromiseFigure"];
export type Measure = Figure["measure"];
export type PromiseCases = Schema["PromiseCases"];

/** What the address asks for. */
export interface Wanted {
  from: string;
  to: string;
  /** The figure that is opened. */
  measure: Measure | undefined;
  /** A type of case; empty: all. */
  type: string;
}

/** The first look is at two months, as the district tells its figures. */
const DAYS_AT_FIRST = 60;

export function wanted_of(query: Record<string, unknown>, measures: readonly string[]): Wanted {
  const to = is_day(query.to) ? query.to : today();
  const from = is_day(query.from) && query.from <= to ? query.from : days_after(to, 1 - DAYS_AT_FIRST);
  const measure = measures.includes(String(query.measure)) ? (query.measure as Measure) : undefined;
  return { from, to, measure, type: typeof query.type === "string" ? query.type : "" };
}

export interface Period {
  key: string;
  words: string;
  from: string;
  to: string;
}

/** Periods people ask for by name. */
export function periods(day: string): Period[] {
  const month = `${day.slice(0, 7)}-01`;
  const before = days_after(month, -1);
  return [
    { key: "days", words: tr(`近${DAYS_AT_FIRST}天`, `Last ${DAYS_AT_FIRST} days`), from: days_after(day, 1 - DAYS_AT_FIRST), to: day },
    { key: "month", words: tr("本月", "This month"), from: month, to: day },
    { key: "before", words: tr("上月", "Last month"), from: `${before.slice(0, 7)}-01`, to: before },
  ];
}

/** In this order in the table; what has no figure anywhere is left out. */
export const COLUMNS: readonly Measure[] = ["given", "taken_in_time", "done", "in_time", "late", "under_way", "overdue", "returned", "extended", "reopened", "confirmed", "unanswered", "ended_otherwise"];
/** What is said first. */
export const HEADLINES: readonly Measure[] = ["given", "done", "in_time", "late", "overdue", "reopened", "confirmed"];
/** What somebody should look at where there is any. */
export const CONCERNS: readonly Measure[] = ["late", "overdue", "reopened"];

export const count_of = (figures: readonly Figure[], measure: Measure): number => figures.find((one) => one.measure === measure)?.count ?? 0;

/** 96.5% of those done; nothing where there is none. */
export function share_words(figures: readonly Figure[], measure: Measure): string {
  const whole = count_of(figures, WHOLE_OF[measure] ?? "given");
  const part = count_of(figures, measure);
  return WHOLE_OF[measure] && part > 0 && whole > 0 ? `${Math.floor((1000 * part) / whole) / 10}%` : "";
}
/** Of what each is a part. */
const WHOLE_OF: Partial<Record<Measure, Measure>> = { in_time: "done", late: "done", reopened: "done", confirmed: "done" };

export const measure_words = (data: Promises, measure: Measure): string => told(data.measures.find((one) => one.measure === measure)?.words);

/** The same page with a figure opened. */
export const opened = (organisation: string, { from, to }: Wanted, measure: Measure, type = ""): RouteLocationRaw => ({ path: `/partners/${organisation}/promises`, query: { from, to, measure, ...(type && { type }) }, hash: "#cases" });

const place = (organisation: string) => ({ path: { organisation } });
export const show_promises = (organisation: string, { from, to }: Wanted): Promise<Promises> => ask(api.GET("/api/linkage/partners/{organisation}/promises", { params: { ...place(organisation), query: { from, to } } }));
export const list_cases = (organisation: string, { from, to, type }: Wanted, measure: Measure, after?: string): Promise<PromiseCases> => ask(api.GET("/api/linkage/partners/{organisation}/promises/cases", { params: { ...place(organisation), query: { from, to, measure, ...(type && { type }), ...(after && { after }) } } }));
