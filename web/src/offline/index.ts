// The worker's phone without a line: what it carries, what waits to be sent, what is being typed. Screens use this file and nothing behind it.
export { cases, clashes, form, forms, grids, home, homes, task, tasks } from "./carried";
export { search, type Found } from "./search";
export { discard, enqueue, items, take_back, type Item, type ItemState, type Order } from "./outbox";
export { forget_files, keep_file, read_file } from "./files";
export { draft, forget_draft, list_drafts, open_drafts, read_draft, write_draft, type Draft, type KeptDraft } from "./drafts";
export { begin, change_phone_pin, enter_pin, lock_phone, set_up } from "./begin";
export { PIN_DIGITS, PIN_TRIES_MAX } from "./lock";
export { leave, own_device } from "./device";
export { use_kept_query } from "./kept";
export { StorageFull, storage_used } from "./database";
export { can_tell_line } from "./link";
export { is_wifi_only, set_wifi_only } from "./uploads";
export { sync_now } from "./sync";
export { change_over } from "./shell/register";
export { standing } from "./standing";
export type * from "./wire";
