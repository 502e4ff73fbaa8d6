// Whether there is a line. What the browser says is a hint; a small question that has three seconds decides.
import { standing } from "./standing";

const PING = "/healthz";
const PING_MS_MAX = 3000;

/** Asks the server whether it is there, and notes the answer. */
export async function is_up(): Promise<boolean> {
  standing.online = await ping();
  return standing.online;
}

async function ping(): Promise<boolean> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PING_MS_MAX);
  try {
    return (await fetch(PING, { cache: "no-store", signal: stop.signal })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

interface Connection {
  type?: string;
  saveData?: boolean;
}

/** Whether sending photos may cost the worker money; `false` where the browser does not tell. */
export function is_metered(): boolean {
  const connection = (navigator as Navigator & { connection?: Connection }).connection;
  return connection?.type === "cellular" || connection?.saveData === true;
}

/** Whether the browser tells at all what kind of line it is: else there is no choice to offer. */
export function can_tell_line(): boolean {
  return (navigator as Navigator & { connection?: Connection }).connection?.type !== undefined;
}
