// The typed way to the server. The types are made from openapi.json (`npm run client`); a refusal is thrown with its sentence.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";
import { note_server_time } from "../lib/server_clock";
import { tr } from "../lib/words";

/** What the server calls things: `Schema["CaseView"]`. */
export type Schema = components["schemas"];

export const api = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });
api.use({ onResponse: ({ response }) => note_server_time(response) });

/** An answer that is not the one asked for: the server's refusal, or none at all. */
export class Refusal extends Error {
  constructor(
    words: string,
    /** The HTTP status; 0 when nobody answered. */
    readonly status: number,
    /** The server's stable code; `silent` when nobody answered. */
    readonly code: string,
    /** The field of the request it concerns. */
    readonly field: string | undefined,
    /** All of the server's answer: a stale version brings the present state along. */
    readonly body: Record<string, unknown>,
  ) {
    super(words);
  }

  /** Nobody answered: the line or the server is away. */
  get is_silent(): boolean {
    return this.status === 0;
  }

  /** The session is over, or there was none. */
  get wants_sign_in(): boolean {
    return this.status === 401;
  }

  /** Signed in, and not allowed. */
  get is_forbidden(): boolean {
    return this.status === 403;
  }
}

type Reply<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** Whether the session still stands; it hears of one that does not. */
let still_signed_in: (refused: boolean) => Promise<boolean> = () => Promise.resolve(true);

/** Asked whenever an answer may mean that the session is over; `refused` where the answer says so itself. */
export function when_in_doubt(act: (refused: boolean) => Promise<boolean>): void {
  still_signed_in = act;
}

/** The data of an answer; anything else is thrown as a [`Refusal`]. */
export async function ask<T>(call: Reply<T>): Promise<T> {
  const reply = await call.catch(() => undefined);
  if (!reply) throw new Refusal(tr("网络或服务器没有回应，内容还在，请稍后再试。", "No answer from the network or the server. Nothing is lost; please try again."), 0, "silent", undefined, {});
  if (reply.response.ok) return reply.data as T;
  const refusal = refusal_of(reply.error, reply.response.status);
  // To a stranger a case is simply not there: "not found" may mean that the session ended.
  const doubtful = refusal.wants_sign_in || refusal.is_forbidden || refusal.status === 404;
  if (doubtful && !(await still_signed_in(refusal.wants_sign_in))) throw session_over();
  throw refusal;
}

function session_over(): Refusal {
  return new Refusal(tr("登录已过期，登录后请再按一次。", "Your session has ended. Please sign in and press again."), 401, "sign_in", undefined, {});
}

function refusal_of(error: unknown, status: number): Refusal {
  const body = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : "");
  const title = tr(text("title"), text("title_en") || text("title"));
  const detail = tr(text("detail"), text("detail_en"));
  const words = [title, detail].filter(Boolean).join(tr("", " ")) || tr("没有办成，请再试一次。", "It did not work. Please try again.");
  return new Refusal(words, status, text("code") || String(status), text("field") || undefined, body);
}

/** Sends photos and answers the token that an action or a report takes along. */
export async function keep_photos(files: readonly Blob[]): Promise<string> {
  const form = new FormData();
  for (const [index, file] of files.entries()) form.append("photos", file, `photo-${index + 1}.jpg`);
  const kept = await ask(api.POST("/api/cases/photos", { body: form as never, bodySerializer: (body: unknown) => body as FormData }));
  return kept.photos;
}
