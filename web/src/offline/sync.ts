// When and in what order phone and server meet: commands up, rows down, files up; again after a while where it failed.
import { Refusal } from "../client/api";
import { find_me, session } from "../lib/session";
import { server_now } from "../lib/server_clock";
import { StorageFull } from "./database";
import { know_device, wipe } from "./device";
import { is_up } from "./link";
import { when_something_waits } from "./outbox";
import { held, phone, PhoneLocked, write_meta } from "./phone";
import { pull, pull_clashes, type Ordered } from "./pull";
import { is_any_held, send_commands, send_without_device } from "./send";
import { standing } from "./standing";
import { alone } from "./tabs";
import { send_files } from "./uploads";

/** How often a page in the foreground asks by itself. */
const EVERY_MS = 5 * 60_000;
const RETRY_MS_MIN = 2000;
const RETRY_MS_MAX = 5 * 60_000;
export const LAST_SYNC = "last_sync";

let under_way: Promise<void> | undefined;
let again = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Meets the server now. Asked while it is at it, it goes once more afterwards: something may have come behind its back. */
export function sync_now(): Promise<void> {
  if (under_way) {
    again = true;
    return under_way;
  }
  clearTimeout(timer);
  standing.is_syncing = true;
  under_way = run().finally(() => {
    under_way = undefined;
    standing.is_syncing = false;
    const once_more = again;
    again = false;
    if (once_more) void sync_now();
    else plan_next();
  });
  return under_way;
}

async function run(): Promise<void> {
  const open = held();
  if (!open || !session.me || session.me.account !== open.account) return;
  try {
    await alone(`sync.${open.account}`, meet);
    failures = 0;
  } catch (fault) {
    note(fault);
    failures += 1;
  }
}

async function meet(): Promise<void> {
  // A phone that carries nothing has nothing to ask for, and need not be known, until it has something to say.
  if (!standing.carries && standing.waiting + standing.files_waiting === 0) return;
  if (!(await is_up())) throw new Refusal("", 0, "silent", undefined, {});
  if (standing.needs_sign_in) await find_me();
  if (standing.carries || (await send_without_device())) {
    const device = await know_device();
    if ((await exchange(device)) === "wipe") return wipe();
  }
  Object.assign(standing, { needs_sign_in: false, trouble: "", lapsed: false });
  if (!standing.carries) return;
  standing.last_sync = server_now();
  await write_meta(phone().database, LAST_SYNC, standing.last_sync);
}

/** Commands up, rows down, files up; and once more what waited for its files. */
async function exchange(device: string): Promise<Ordered> {
  const orders = [await send_commands(device)];
  if (standing.carries) orders.push(await pull(device));
  if (orders.includes("wipe")) return "wipe";
  if (standing.carries) await pull_clashes();
  await send_files();
  return is_any_held() ? send_commands(device) : "ok";
}

/** A line that is away is no trouble; a session that is over is said; the rest stands in the server's words. */
function note(fault: unknown): void {
  if (fault instanceof PhoneLocked) return;
  if (fault instanceof StorageFull) standing.trouble = fault.message;
  else if (!(fault instanceof Refusal)) throw fault;
  else if (fault.is_silent) standing.online = false;
  else if (fault.wants_sign_in) standing.needs_sign_in = true;
  else standing.trouble = fault.message;
}

/** Where something failed, soon and then ever later, never all phones at the same moment; else every few minutes. */
function plan_next(): void {
  const wait = failures === 0 ? EVERY_MS : Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (failures - 1)) * (0.5 + Math.random());
  timer = setTimeout(() => {
    if (document.visibilityState === "visible") void sync_now();
    else plan_next();
  }, wait);
}

/** Something happened that makes another try worth while at once. */
function hasten(): void {
  failures = 0;
  void sync_now();
}

/** Begins to meet the server: at the start, when the page is seen again, when a line comes, when something was done. */
export function keep_in_touch(): void {
  when_something_waits(hasten);
  addEventListener("online", hasten);
  addEventListener("offline", () => void is_up());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") hasten();
  });
  navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.data === "sync") hasten();
  });
}
