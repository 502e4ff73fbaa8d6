// What the map's screens ask the server, and how they stay current: by what is committed, and by the clock.
import { onScopeDispose, ref, shallowRef, type Ref } from "vue";
import { api, ask, type Schema } from "../../../client/api";
import { use_attempt } from "../../../lib/attempt";
import { use_live, type Link, type LiveFact } from "../../../lib/live";
import { say_failed } from "../../../lib/notices";
import { use_query, type Query } from "../../../lib/query";
import { holds } from "../../../lib/session";
import type { View } from "../../territory/map/camera";

export type Exceptions = Schema["ExceptionsView"];
export type Figure = Schema["FigureView"];
export type MapAnswer = Schema["MapView"];
export type CaseLine = Schema["CaseLine"];

/** Facts come in crowds: one question serves all of this moment. */
const GATHER_MS = 400;
/** Limits pass without anything being committed. */
const RENEW_MS = 30_000;
const ROWS = 30;

/** Who sees figures alone is sent no facts of cases: the page asks anew, and its answers say how old they are. */
const NO_LINE: Link = { up: false, down_since: undefined, is_lost: false };

/** Calls `renew` soon after something was committed, and every half minute while the page is looked at. */
export function stay_current(renew: () => void, hear?: (fact: LiveFact) => void): Link {
  let waiting = 0;
  const soon = () => {
    if (waiting) return;
    waiting = window.setTimeout(() => {
      waiting = 0;
      renew();
    }, GATHER_MS);
  };
  const link = holds("cases.view") ? use_live((fact) => {
    hear?.(fact);
    soon();
  }, soon) : NO_LINE;
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") renew();
  }, RENEW_MS);
  onScopeDispose(() => {
    clearTimeout(waiting);
    clearInterval(timer);
  });
  return link;
}

export function ask_exceptions(area: () => string | undefined): Query<Exceptions> {
  return use_query(() => ask(api.GET("/api/cases/exceptions", { params: { query: { area: area() } } })), [area]);
}

/** The map's heaps and pins, for as long as the view is known. */
export function ask_map(view: Ref<View | undefined>, area: () => string | undefined, show: () => string): Query<MapAnswer | undefined> {
  return use_query(async () => {
    if (!view.value) return undefined;
    const query = { ...with_margin(view.value), area: area(), show: show() };
    return ask(api.GET("/api/cases/map", { params: { query } }));
  }, [view, area, show]);
}

/** A little more than is seen: what comes in from the side while the map is moved is there already. */
function with_margin({ west, south, east, north, zoom }: View): View {
  const MARGIN = 0.25;
  const [wide, tall] = [(east - west) * MARGIN, (north - south) * MARGIN];
  const held = (degrees: number, most: number) => Math.max(-most, Math.min(most, degrees));
  return { west: held(west - wide, 180), south: held(south - tall, 85), east: held(east + wide, 180), north: held(north + tall, 85), zoom };
}

export interface Rows {
  query: Query<{ total: number; items: CaseLine[] }>;
  has_more: Ref<boolean>;
  busy: Ref<boolean>;
  /** Reads the next page; a refusal is said as a notice. */
  more: () => Promise<void>;
}

/** The cases behind a figure, page by page; renewed with as many rows as were there. */
export function ask_rows(area: () => string | undefined, show: () => string): Rows {
  const wanted = ref(ROWS);
  const has_more = ref(false);
  const cursor = shallowRef<string>();
  const page = (limit: number, after?: string) =>
    ask(api.GET("/api/cases/exceptions/{figure}", { params: { path: { figure: show() }, query: { area: area(), limit, after } } }));
  const keep = (next: string | undefined) => {
    cursor.value = next;
    has_more.value = next !== undefined;
  };
  let asked = "";
  const query = use_query(async () => {
    const key = `${area()} ${show()}`;
    if (key !== asked) wanted.value = ROWS;
    asked = key;
    const found = await page(Math.min(wanted.value, 100));
    keep(found.next ?? undefined);
    return { total: found.total, items: found.items };
  }, [area, show]);
  const { busy, attempt } = use_attempt([], say_failed);
  const more = () => attempt(async () => {
    const found = await page(ROWS, cursor.value);
    wanted.value += ROWS;
    keep(found.next ?? undefined);
    query.data = { total: found.total, items: [...(query.data?.items ?? []), ...found.items] };
  });
  return { query, has_more, busy, more };
}
