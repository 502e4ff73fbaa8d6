// Who is signed in on this page, what they hold, and what happens when the session ends in the middle of work.
import { computed, reactive } from "vue";
import { api, ask, Refusal, when_in_doubt, type Schema } from "../client/api";
import { has_session } from "../kit/house";

/** `unknown` before the first answer; `lost` when it ended under somebody's hands: their page stays, a sign-in lies over it. */
type Standing = "unknown" | "in" | "out" | "lost" | "silent";

export const session = reactive({
  standing: "unknown" as Standing,
  me: undefined as Schema["MeView"] | undefined,
});

when_in_doubt(async (refused) => {
  if (session.standing !== "in") return true;
  const over = refused || (await fetch("/api/identity/me", { credentials: "same-origin" }).then((reply) => reply.status === 401, () => false));
  if (over) session.standing = "lost";
  return !over;
});

/** Asks the server who this is. Two people on one computer: whoever signs in over another's page starts it anew. */
export async function find_me(): Promise<void> {
  if (session.standing === "unknown" && !has_session()) {
    session.standing = "out";
    return;
  }
  try {
    const me = await ask(api.GET("/api/identity/me"));
    const another = session.me !== undefined && session.me.account !== me.account;
    if (!me.limited) note_account(me.account);
    if (another) location.reload();
    session.me = me;
    session.standing = me.limited ? "out" : "in";
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.is_silent) session.standing = session.me ? session.standing : "silent";
    else session.standing = session.me && session.standing !== "out" ? "lost" : "out";
  }
}

const LAST_ACCOUNT = "mulin.account";

/** Whoever was signed in on this device last: what is kept here for them is found without a line. */
export function last_account(): string | undefined {
  try {
    return localStorage.getItem(LAST_ACCOUNT) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Notes who works here now; `undefined` leaves the device to whoever signs in next. */
export function note_account(account: string | undefined): void {
  try {
    if (account === undefined) localStorage.removeItem(LAST_ACCOUNT);
    else localStorage.setItem(LAST_ACCOUNT, account);
  } catch {
    // Storage is forbidden: nothing can be kept on this device, and nothing need be found.
  }
}

/** Ends the session on the server and shows the sign-in. Drafts stay on this device under the account. */
export async function sign_out(): Promise<void> {
  await ask(api.POST("/api/identity/sign-out")).catch((refusal: unknown) => {
    if (!(refusal instanceof Refusal) || refusal.is_silent) throw refusal;
  });
  session.me = undefined;
  session.standing = "out";
}

/** Whether the person holds a permission in any scope. What may be done to one thing is said by the server with that thing. */
export function holds(permission: string): boolean {
  return session.me?.grants.some((grant) => grant.permission === permission) ?? false;
}

/** Whether the server opened a face or one of its places to this person: "/desk", "/admin/people". */
export function may_enter(href: string): boolean {
  return (session.me?.faces ?? []).some((face) => face.href === href || face.places.some((place) => place.href === href));
}

/** How far a grant reaches, as the server writes it. */
interface Scope {
  kind: "district" | "area" | "unit" | "own";
  path?: string;
  organisation?: string;
}

function scopes_of(permission: string): Scope[] {
  return (session.me?.grants ?? []).filter((grant) => grant.permission === permission).map((grant) => grant.scope as unknown as Scope);
}

/** The widest scope of a permission as an area's path; the district's code for the whole district. */
export function scope_of(permission: string): string | undefined {
  const scopes = scopes_of(permission);
  if (scopes.some((scope) => scope.kind === "district")) return String(session.me?.district);
  return scopes.find((scope) => scope.kind === "area")?.path;
}

/** The organisation a permission is held for, where it is held for a unit. */
export function unit_of(permission: string): string | undefined {
  return scopes_of(permission).find((scope) => scope.kind === "unit")?.organisation;
}

export const posts = computed(() => session.me?.posts ?? []);
