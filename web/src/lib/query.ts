// A question to the server as a screen shows it: under way, answered, refused, silent. A later question makes an earlier one void.
import { shallowReactive, watch, type WatchSource } from "vue";
import { Refusal } from "../client/api";
import { server_now } from "./server_clock";

export interface Query<T> {
  /** `loading` only before the first answer; a question asked again leaves what stands on the screen. */
  standing: "loading" | "ready" | "refused";
  /** Asked again while an answer already stands. */
  renewing: boolean;
  data: T | undefined;
  refusal: Refusal | undefined;
  /** When the answer came, by this device's clock. */
  at: number | undefined;
  reload: () => Promise<void>;
}

/** Asks now, and again whenever one of `sources` changes. */
export function use_query<T>(load: () => Promise<T>, sources: WatchSource[] = []): Query<T> {
  let latest = 0;
  const query: Query<T> = shallowReactive({ standing: "loading", renewing: false, data: undefined, refusal: undefined, at: undefined, reload });
  async function reload(): Promise<void> {
    latest += 1;
    const mine = latest;
    query.renewing = query.standing === "ready";
    try {
      const data = await load();
      if (mine !== latest) return;
      Object.assign(query, { standing: "ready", data, refusal: undefined, at: server_now() });
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (mine !== latest) return;
      // What was there stays readable; the screen says that it is not fresh.
      Object.assign(query, { standing: query.data === undefined ? "refused" : "ready", refusal });
    } finally {
      if (mine === latest) query.renewing = false;
    }
  }
  if (sources.length > 0) watch(sources, () => void reload());
  void reload();
  return query;
}
