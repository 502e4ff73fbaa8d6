// This phone as the server knows it: its name there, how long it may carry something, and how it forgets everything.
import { new_id } from "../lib/ids";
import { server_now } from "../lib/server_clock";
import { session } from "../lib/session";
import { tr } from "../lib/words";
import { delete_database, deed, got } from "./database";
import { post_json } from "./http";
import { close_outbox } from "./outbox";
import { hold, phone, read_meta, write_meta } from "./phone";
import { LEASE } from "./pull";
import { close_rows, delete_rows } from "./rows";
import { standing } from "./standing";
import { tell_tabs } from "./tabs";

const DEVICE = "device";
const NAME_CHARS_MAX = 40;
/** The latest moment this phone has ever known: a clock set back makes no lease longer. */
const LATEST = "latest";

interface Known {
  id: string;
  told: boolean;
}

/** The device's id; the first time, the server is told of it. */
export async function know_device(): Promise<string> {
  const { database } = phone();
  const fresh: Known = { id: new_id(server_now()), told: false };
  const known = await deed(database, ["meta"], async (stores) => {
    const earlier = (await got(stores("meta").get(DEVICE))) as Known | undefined;
    if (!earlier) stores("meta").put(fresh, DEVICE);
    return earlier ?? fresh;
  });
  if (!known.told) {
    const { lease_until } = await post_json<{ lease_until: string }>("/api/fieldwork/devices", { id: known.id, name: device_name() });
    await write_meta(database, LEASE, lease_until);
    await write_meta(database, DEVICE, { ...known, told: true });
  }
  return known.id;
}

/** The device's id where the server has been told of it. */
export async function own_device(): Promise<string | undefined> {
  const known = await read_meta<Known>(phone().database, DEVICE);
  return known?.told ? known.id : undefined;
}

/** What the worker and the desk know it by: the maker's name of the phone, where the browser tells. */
function device_name(): string {
  const model = /Android[^;]*;\s*([^;)]+)/.exec(navigator.userAgent)?.[1]?.replace(/ Build.*/, "").trim();
  const owner = session.me?.person ?? session.me?.name ?? "";
  return [owner, model ?? tr("的手机", "phone")].join(" ").trim().slice(0, NAME_CHARS_MAX);
}

/** Deletes what is carried where its lease has run out; what waits in the outbox is kept, sealed, until the server is met again. */
export async function end_lapsed_lease(database: IDBDatabase): Promise<void> {
  const latest = Math.max(server_now(), (await read_meta<number>(database, LATEST)) ?? 0);
  await write_meta(database, LATEST, latest);
  const until = await read_meta<string>(database, LEASE);
  if (until === undefined || latest <= Date.parse(until)) return;
  await delete_rows(database);
  standing.lapsed = true;
}

/** Leaves this phone: the server is told, then nothing of the account stays here. */
export async function leave(): Promise<void> {
  const id = await know_device();
  await post_json(`/api/fieldwork/devices/${id}/leave`, {});
  await wipe();
}

/** Forgets everything of this account on this phone, at once. */
export async function wipe(database: IDBDatabase = phone().database): Promise<void> {
  hold(undefined);
  close_rows();
  close_outbox();
  await delete_database(database);
  tell_tabs("lock");
  Object.assign(standing, { phase: "none", carries: false, last_sync: undefined, waiting: 0, refused: 0, clashes: 0, files_waiting: 0 });
  location.reload();
}
