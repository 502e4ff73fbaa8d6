// A report written down for somebody on the phone: what has been said so far, and the order it becomes.
import type { Schema } from "../../../client/api";

export interface Call {
  /** Made with the first send, so that sending twice makes one case. */
  id: string;
  words: string;
  type: string;
  address: string;
  community: string;
  grid: string;
  lon: number | null;
  lat: number | null;
  name: string;
  phone: string;
  anonymous: boolean;
  hidden: boolean;
  /** Put through by the 12345 hotline: the routing rules may send it elsewhere. Only who dispatches may say so. */
  hotline: boolean;
  answers: Record<string, unknown>;
}

export const begin_call = (): Call => ({
  id: "", words: "", type: "", address: "", community: "", grid: "", lon: null, lat: null, name: "", phone: "", anonymous: false, hidden: false, hotline: false, answers: {},
});

/** Where, as exactly as it was said: a point, else the grid, with the address in words; a community alone goes before the address. */
export function place_of(call: Call, community_name: string): Schema["PlaceBody"] {
  const address = call.address.trim();
  if (call.lon !== null && call.lat !== null) return { lon: call.lon, lat: call.lat, ...(address && { address }) };
  if (call.grid) return { grid: call.grid, ...(address && { address }) };
  const named = address.includes(community_name) ? address : `${community_name}${address}`;
  return named ? { address: named } : {};
}

export function order_of(call: Call, community_name: string, photos: string | undefined): Schema["CreateCase"] {
  const { id, words, type, anonymous, hidden, hotline, answers } = call;
  const [name, phone] = [call.name.trim(), call.phone.trim()];
  const reporter = anonymous ? {} : { ...(name && { name }), ...(phone && { phone }) };
  return { id, words, place: place_of(call, community_name), source: hotline ? "hotline" : "desk", reporter, anonymous, hidden, answers, ...(type && { type }), ...(photos && { photos }) } as Schema["CreateCase"];
}

/** "123 456": read aloud in threes. */
export function in_threes(code: string): string {
  return code.replace(/(\d{3})(?=\d)/g, "$1 ");
}

const MOBILE = /^1\d{10}$/;
const FIXED = /^0\d{9,11}$/;

/** Whether enough digits stand there to look up what the same number reported before. */
export function is_whole_phone(text: string): boolean {
  const digits = text.replace(/[\s-]/g, "");
  return MOBILE.test(digits) || FIXED.test(digits);
}
