// Facts of cases as they are committed, by server-sent events: the browser reconnects and catches up by itself; a screen hears of both.
import { onScopeDispose, reactive } from "vue";

/** A fact about a case within the viewer's scope; never words, names or phones. */
export interface LiveFact {
  case: string;
  at: string;
  area_path: string | null;
  what: Record<string, unknown>;
}

export interface Link {
  /** Whether facts are coming. */
  up: boolean;
  /** Since when nothing comes, by this device's clock. */
  down_since: number | undefined;
}

/** Follows until the component ends. `renew` is called when too much was missed and everything must be read anew. */
export function use_live(hear: (fact: LiveFact) => void, renew: () => void): Link {
  const link = reactive<Link>({ up: false, down_since: Date.now() });
  const source = new EventSource("/api/cases/live");
  source.onopen = () => Object.assign(link, { up: true, down_since: undefined });
  source.onerror = () => Object.assign(link, { up: false, down_since: link.down_since ?? Date.now() });
  source.addEventListener("reload", () => renew());
  source.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as LiveFact);
  onScopeDispose(() => source.close());
  return link;
}
