// The phone's day: opened for whoever works on it, set up once, locked when it lies about, unlocked by a PIN also without a line.
import { watch } from "vue";
import type { Schema } from "../client/api";
import { last_account, session } from "../lib/session";
import { ask_to_persist, open_database } from "./database";
import { end_lapsed_lease, wipe } from "./device";
import { save_all_drafts } from "./drafts";
import { files_to_send, sweep_files } from "./files";
import { change_pin, has_pin, open_without_pin, set_pin, unlock, type Unlocked } from "./lock";
import { close_outbox, count_outbox, load_outbox } from "./outbox";
import { held, hold, read_meta, read_sealed, write_sealed } from "./phone";
import { close_rows, load_rows } from "./rows";
import { register_shell } from "./shell/register";
import { standing } from "./standing";
import { keep_in_touch, LAST_SYNC, sync_now } from "./sync";
import { hear_tabs, tell_tabs } from "./tabs";

/** A phone that was put away for so long asks for the PIN again. */
const AWAY_MS_MAX = 10 * 60_000;
const ME = "me";

/** The database of whoever worked here last: open, or behind its PIN. */
let waiting: { account: string; database: IDBDatabase } | undefined;

/** Begins: before the first screen, for it decides which one that is. */
export async function begin(): Promise<void> {
  const account = last_account();
  if (account) await open_for(account);
  // Whoever signs in here works with a database of their own.
  watch(() => session.me?.account, (signed_in) => void change_to(signed_in));
  watch(() => session.me, (me) => void keep_me(me));
  watch(() => session.standing, (now) => { standing.needs_sign_in = now === "lost"; });
  keep_in_touch();
  lock_when_away();
  hear_tabs((change) => void catch_up(change));
}

async function change_to(account: string | undefined): Promise<void> {
  if (!account || waiting?.account === account) return sync_if_open();
  hold(undefined);
  close_rows();
  close_outbox();
  await open_for(account);
  return sync_if_open();
}

async function sync_if_open(): Promise<void> {
  if (held()) await sync_now();
}

async function open_for(account: string): Promise<void> {
  const database = await open_database(account);
  waiting = { account, database };
  standing.carries = await has_pin(database);
  standing.last_sync = await read_meta<number>(database, LAST_SYNC);
  if (standing.carries) await end_lapsed_lease(database);
  const key = await open_without_pin(database);
  if (key) return open_with(key);
  await count_outbox(database);
  standing.phase = "locked";
}

async function open_with(key: CryptoKey): Promise<void> {
  if (!waiting) return;
  hold({ ...waiting, key });
  await Promise.all([load_rows(), load_outbox(), files_to_send(), sweep_files()]);
  standing.phase = "open";
  if (standing.carries) register_shell();
}

/** Tries a PIN. With the right one the worker goes on as who they were, with or without a line. */
export async function enter_pin(pin: string): Promise<Unlocked> {
  if (!waiting) return { is: "spent" };
  const answer = await unlock(waiting.database, pin);
  if (answer.is === "spent") await wipe(waiting.database);
  if (answer.is !== "open") return answer;
  await open_with(answer.key);
  const me = await read_sealed<Schema["MeView"]>(ME);
  if (me && !session.me) Object.assign(session, { me, standing: "in" });
  void sync_now();
  return answer;
}

/** Sets this phone up to carry something: from now on it opens by PIN, works without a line, and has begun to fetch. */
export async function set_up(pin: string): Promise<void> {
  const open = held();
  if (!open) return;
  await set_pin(open.database, pin);
  standing.carries = true;
  await keep_me(session.me);
  await ask_to_persist();
  register_shell();
  tell_tabs("lock");
  await sync_now();
}

/** Exchanges the PIN. Too many wrong ones delete what is here, as at the lock. */
export async function change_phone_pin(present: string, fresh: string): Promise<Unlocked> {
  const open = held();
  if (!open) return { is: "spent" };
  const answer = await change_pin(open.database, present, fresh);
  if (answer.is === "spent") await wipe(open.database);
  return answer;
}

async function keep_me(me: Schema["MeView"] | undefined): Promise<void> {
  const open = held();
  if (me && open && standing.carries && me.account === open.account) await write_sealed(ME, me);
}

/** Closes what is open; what was being typed is kept first. */
export async function lock_phone(): Promise<void> {
  if (!held() || !standing.carries) return;
  await save_all_drafts();
  hold(undefined);
  close_rows();
  close_outbox();
  standing.phase = "locked";
}

function lock_when_away(): void {
  let left_at: number | undefined;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") left_at = Date.now();
    else if (left_at !== undefined && Date.now() - left_at > AWAY_MS_MAX) void lock_phone();
  });
}

/** Another tab has changed what this one shows. */
async function catch_up(change: string): Promise<void> {
  if (change === "lock") return location.reload();
  if (!held()) return;
  if (change === "rows") await load_rows();
  if (change === "outbox") await load_outbox();
}
