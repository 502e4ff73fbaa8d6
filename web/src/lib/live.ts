// Facts of cases as they are committed, by server-sent events: the browser reconnects and catches up by itself; a screen hears of both.
import { onScopeDispose, reactive } from "vue";

/** A fact about a case within the viewer's scope; never words, names or phones. */
export interface LiveFact {
  case: string;
  at: string;
  area_path: string | null;
  what: Record<string, unknown>;
}

/** The facts the server streams, by name. */
const FACTS = ["cases.case_reported", "cases.case_stepped", "cases.case_followed"] as const;

export interface Link {
  /** Whether facts are coming. */
  up: boolean;
  /** Since when nothing comes, by this device's clock. */
  down_since: number | undefined;
  /** Down for longer than coming back takes: worth saying. */
  is_lost: boolean;
}

/** The server ends a stream now and then, and the browser is back within seconds. */
const LOST_MS = 6000;

/** Follows until the component ends. `renew` is called when too much was missed and everything must be read anew. */
export function use_live(hear: (fact: LiveFact) => void, renew: () => void): Link {
  const link = reactive<Link>({ up: false, down_since: Date.now(), is_lost: false });
  const watchman = setInterval(() => { link.is_lost = !link.up && Date.now() - (link.down_since ?? Date.now()) > LOST_MS; }, 1000);
  const source = new EventSource("/api/cases/live");
  source.onopen = () => Object.assign(link, { up: true, down_since: undefined, is_lost: false });
  source.onerror = () => Object.assign(link, { up: false, down_since: link.down_since ?? Date.now() });
  source.addEventListener("reload", () => renew());
  for (const name of FACTS) source.addEventListener(name, (event: MessageEvent<string>) => hear(JSON.parse(event.data) as LiveFact));
  onScopeDispose(() => {
    clearInterval(watchman);
    source.close();
  });
  return link;
}
