// Facts of cases as they are committed, by server-sent events: the browser reconnects and catches up by itself; a screen hears of both.
import { onScopeDispose, reactive } from "vue";
import { server_now } from "./server_clock";

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
/** The server says something at least every fifteen seconds. */
const SILENT_MS = 40_000;

/** Follows until the component ends. `renew` is called when too much was missed and everything must be read anew. */
export function use_live(hear: (fact: LiveFact) => void, renew: () => void): Link {
  const link = reactive<Link>({ up: false, down_since: server_now(), is_lost: false });
  let source = open();
  let heard_at = server_now();

  function open(): EventSource {
    const stream = new EventSource("/api/cases/live");
    stream.onopen = came;
    stream.onerror = went;
    stream.addEventListener("beat", came);
    stream.addEventListener("reload", () => renew());
    for (const name of FACTS) stream.addEventListener(name, (event: MessageEvent<string>) => {
      came();
      hear(JSON.parse(event.data) as LiveFact);
    });
    return stream;
  }
  function came(): void {
    heard_at = server_now();
    Object.assign(link, { up: true, down_since: undefined, is_lost: false });
  }
  function went(): void {
    Object.assign(link, { up: false, down_since: link.down_since ?? server_now() });
  }
  /** The device says it has no line: what an open stream still brings would only hide that. The watchman tries again. */
  function cut(): void {
    source.close();
    went();
  }
  /** A line that was cut without a word: the browser would wait for minutes. What was missed is read anew. */
  function open_anew(): void {
    source.close();
    source = open();
    heard_at = server_now();
    renew();
  }
  const watchman = setInterval(() => {
    if (server_now() - heard_at > SILENT_MS) {
      went();
      open_anew();
    }
    link.is_lost = !link.up && server_now() - (link.down_since ?? server_now()) > LOST_MS;
  }, 1000);
  addEventListener("offline", cut);
  addEventListener("online", open_anew);
  onScopeDispose(() => {
    clearInterval(watchman);
    removeEventListener("offline", cut);
    removeEventListener("online", open_anew);
    source.close();
  });
  return link;
}
