// Questions to the server for enhancements. A refusal is a sentence to show; a dead line is `undefined`, and the plain form goes on.
import { tr } from "./words";

/** What the server answers to a small question: its data, or the sentence of its refusal. */
export type Answer<T> = { is: "told"; data: T } | { is: "refused"; words: string; code: string } | { is: "silent" };

interface ProblemBody {
  title?: string;
  title_en?: string;
  detail?: string;
  detail_en?: string;
  code?: string;
}

const WAIT_MS_MAX = 8000;

/** GET JSON from this server, within eight seconds. */
export function ask<T>(path: string, query: Record<string, string>): Promise<Answer<T>> {
  return call(`${path}?${new URLSearchParams(query)}`, {});
}

/** POST JSON to this server, within eight seconds. */
export function send<T>(path: string, body: unknown): Promise<Answer<T>> {
  return call(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

async function call<T>(path: string, how: RequestInit): Promise<Answer<T>> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS_MAX);
  try {
    const reply = await fetch(path, { ...how, headers: { accept: "application/json", ...how.headers }, signal: stop.signal });
    if (reply.ok) return { is: "told", data: (await reply.json()) as T };
    const problem = (await reply.json().catch(() => ({}))) as ProblemBody;
    const zh = problem.detail ?? problem.title;
    const en = problem.detail_en ?? problem.title_en;
    const words = zh && en ? tr(zh, en) : tr("没有办成，请再试一次。", "It did not work. Please try again.");
    return { is: "refused", words, code: problem.code ?? String(reply.status) };
  } catch {
    return { is: "silent" };
  } finally {
    clearTimeout(timer);
  }
}
