// Requests of the sync: each has an end, bodies are pressed where the browser can, a refusal is thrown with its sentence.
import { ask } from "../client/api";
import { note_server_time } from "../lib/server_clock";

/** A line that gives nothing for so long is none. */
const WAIT_MS_MAX = 30_000;
/** Below this the pressing costs more than it saves. */
const PRESSED_BYTES_MIN = 1024;

export function get_json<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return request<T>("GET", given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path);
}

export async function post_json<T>(path: string, value: unknown): Promise<T> {
  const text = JSON.stringify(value);
  const pressed = await press(text);
  const headers = { "content-type": "application/json", ...(pressed && { "content-encoding": "gzip" }) };
  return request<T>("POST", path, pressed ?? text, headers);
}

export function put_bytes<T>(path: string, bytes: ArrayBuffer): Promise<T> {
  return request<T>("PUT", path, bytes, { "content-type": "application/octet-stream" });
}

async function press(text: string): Promise<Blob | undefined> {
  if (text.length < PRESSED_BYTES_MIN || typeof CompressionStream === "undefined") return undefined;
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

function request<T>(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<T> {
  return ask<T>(exchange<T>(method, path, body, headers));
}

async function exchange<T>(method: string, path: string, body: BodyInit | undefined, headers: Record<string, string>): Promise<{ data?: T; error?: unknown; response: Response }> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS_MAX);
  try {
    const response = await fetch(path, { method, body, headers: { accept: "application/json", ...headers }, credentials: "same-origin", signal: stop.signal });
    note_server_time(response);
    const told: unknown = response.status === 204 ? undefined : await response.json();
    return response.ok ? { data: told as T, response } : { error: told, response };
  } finally {
    clearTimeout(timer);
  }
}
