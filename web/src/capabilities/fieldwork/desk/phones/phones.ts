// The phones that carry grids of an area: their state, the last contact, wiping a lost one.
import { api, ask, type Schema } from "../../../../client/api";
import { read_all_pages } from "../../../../client/pages";
import { tr } from "../../../../lib/words";

export type Phone = Schema["DeviceView"];


/** All of an area. One that carries several grids may come on several pages: it is told once, with all its grids. */
export async function list_phones(area: string): Promise<Phone[]> {
  const all = new Map<string, Phone>();
  for (const one of await read_all_pages((after) => ask(api.GET("/api/fieldwork/devices", { params: { query: { area, after } } })))) {
    all.set(one.id, { ...one, grids: [...new Set([...(all.get(one.id)?.grids ?? []), ...one.grids])] });
  }
  return [...all.values()];
}

export const wipe_phone = (id: string): Promise<Phone> => ask(api.POST("/api/fieldwork/devices/{id}/wipe", { params: { path: { id } } }));

/** A phone that was not heard of for so long throws away by itself what it carries. */
export const is_over = (phone: Phone, now: number): boolean => phone.state === "working" && Date.parse(phone.lease_until) < now;

export function state_words(phone: Phone, now: number): string {
  if (is_over(phone, now)) return tr("很久没联网，资料已到期", "Out of touch; what it carries has ended");
  switch (phone.state) {
    case "working": return tr("在用", "In use");
    case "lost": return tr("遗失，等它联网清除", "Lost: wiped at its next contact");
    case "wiped": return tr("已清除", "Wiped");
    case "left": return tr("已停用", "Let go");
  }
}
