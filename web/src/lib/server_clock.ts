// The server's clock as this page knows it: a computer whose own clock is wrong still shows deadlines and days as they are.

/** Answers tell whole seconds and travel a while: less than this is no error of the clock. */
const ERROR_MS_MIN = 30_000;
let ahead_ms = 0;

/** Learns from an answer how far this computer's clock is off. */
export function note_server_time(reply: Response): void {
  const told = Date.parse(reply.headers.get("date") ?? "");
  if (Number.isNaN(told)) return;
  const error = told - Date.now();
  ahead_ms = Math.abs(error) < ERROR_MS_MIN ? 0 : error;
}

/** Now, by the server's clock, in milliseconds since 1970. */
export function server_now(): number {
  return Date.now() + ahead_ms;
}
