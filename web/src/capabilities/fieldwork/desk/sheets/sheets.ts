// Week and month sheets: an area grid by grid, how a figure is written, and where one can be opened.
import { api, ask, type Schema } from "../../../../client/api";
import { holds } from "../../../../lib/session";
import { figure } from "../../../../lib/time";

export type Sheet = Schema["PeriodSheetView"];
export type Period = Schema["SheetPeriod"];
export type Figure = Schema["SheetFigureView"];
export type Format = "pdf" | "xlsx";

/** What of an area and a time is asked for; empty: the widest area, today. */
export interface Asked {
  period: Period;
  area: string;
  from: string;
}

export const show_sheet = ({ period, area, from }: Asked): Promise<Sheet> => ask(api.GET("/api/fieldwork/sheets/{period}", {
  params: { path: { period }, query: { ...(area && { area }), ...(from && { from }) } },
}));

/** Where a sheet is taken along; the server writes onto it who did and when. */
export const print_address = (sheet: Sheet, format: Format): string =>
  `/api/fieldwork/sheets/${sheet.period}/print?${new URLSearchParams({ area: sheet.area_path, from: sheet.first, format })}`;

/** 12, or 9 / 12 where it is how many of how many; nothing due is 0 and no share. */
export const figure_words = (one: Figure): string => (!one.of ? figure(one.n) : `${figure(one.n)} / ${figure(one.of)}`);

/** The list behind a figure, for those that say how things stand now; what is over has no list of its own. */
const LISTS: Record<string, { path: string; needs: string }> = {
  open: { path: "/area", needs: "cases.view" },
  overdue: { path: "/overdue", needs: "cases.view" },
  stale: { path: "/register/stale", needs: "registry.view" },
};

export function list_of(key: string, one: Figure, area: string): { path: string; query: { area: string } } | undefined {
  const list = LISTS[key];
  return list && one.n > 0 && holds(list.needs) ? { path: list.path, query: { area } } : undefined;
}
