// Plates of buildings, doors and things: each gets its code once, and is printed as often as needed.
import { api, ask, type Schema } from "../../../client/api";
import { new_id } from "../../../lib/ids";
import { save_file } from "./files";

/** A place, with or without all units and rooms below it; or a thing. */
export type PlateWish = { place: string; below: boolean } | { thing: string; below: false };

/** Gives codes to all that have none, and answers how many are new. */
export function issue_plates(wish: PlateWish): Promise<Schema["IssuedView"]> {
  return ask(api.POST("/api/registry/plates", { body: wish, headers: { "idempotency-key": new_id() } }));
}

/** Saves the sheets of those that have a code. */
export async function print_plates(wish: PlateWish): Promise<void> {
  const call = api.GET("/api/registry/plates/print", { params: { query: wish }, parseAs: "blob" });
  save_file(await ask(call as never as Promise<{ data?: Blob; error?: unknown; response: Response }>), "plates.pdf");
}

/** The code of a place's own plate; nothing where it has none yet. */
export async function find_plate(place: string): Promise<string | undefined> {
  const page = await ask(api.GET("/api/registry/plates", { params: { query: { place, below: false } } }));
  return page.items[0]?.code ?? undefined;
}

/** What a code stands for. */
export function look_up_plate(code: string): Promise<Schema["PlateOfView"]> {
  return ask(api.GET("/api/registry/plates/{code}", { params: { path: { code } } }));
}
