// The day of a grid, as who leads it reads it: what was done, without times of day.
import { api, ask, type Schema } from "../../../../client/api";
import { holds } from "../../../../lib/session";
import type { Words } from "../../../../lib/words";
import { address_of, type Kind } from "../../../registry/shared/record";

export type DayReport = Schema["DayReport"];
export type DayRow = Schema["DayRow"];

export const show_grid_day = (date: string, grid: string): Promise<DayReport> => ask(api.GET("/api/fieldwork/days/{date}", { params: { path: { date }, query: { grid } } }));

/** A kind of the register, by its words: a row says of what kind its record is. */
export interface Kinded {
  kind: Kind;
  words: Words;
}

/** Where one thing that was done can be read; a task has no page on the desk. */
export function row_link(row: DayRow, kinds: readonly Kinded[]): string | undefined {
  switch (row.kind) {
    case "case": return holds("cases.view") ? `/case/${row.id}` : undefined;
    case "record": return holds("registry.view") ? address_of(kinds.find((one) => one.words.zh === row.part.zh)?.kind ?? "thing", row.id) : undefined;
    case "submission": return holds("fieldwork.read") ? `/submissions/${row.id}` : undefined;
    default: return undefined;
  }
}
