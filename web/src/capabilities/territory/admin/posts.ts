// Posts with who holds them, and areas by their path, read whole: what the screens of posts and of handing over share.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { day_of } from "../../../lib/time";
import { tr } from "../../../lib/words";
import { server_now } from "../../../lib/server_clock";

export type Post = Schema["PostView"];
export type Holding = Schema["HoldingView"];
export type PostKind = Post["kind"];

/** Somebody's place on a post. */
export interface Seat {
  post: Post;
  holding: Holding;
  words: string;
}

/** Somebody who is on a post. */
export interface Holder {
  account: string;
  name: string;
  phone: string | undefined;
  posts: string[];
}

export const KINDS: PostKind[] = ["dispatcher", "unit", "subdistrict_desk", "grid_leader", "grid_worker"];

export async function load_posts(): Promise<Post[]> {
  return read_all_pages((after) => ask(api.GET("/api/territory/posts", { params: { query: { after, limit: 100 } } })));
}

export type Area = Schema["AreaView"];

export async function load_areas(): Promise<Area[]> {
  return read_all_pages((after) => ask(api.GET("/api/territory/areas", { params: { query: { after, limit: 100 } } })));
}

export function kind_words(kind: PostKind): string {
  switch (kind) {
    case "dispatcher": return tr("区网格中心", "District dispatcher");
    case "unit": return tr("部门和运营单位", "Department or operator");
    case "subdistrict_desk": return tr("街道窗口", "Subdistrict desk");
    case "grid_leader": return tr("网格长", "Grid leader");
    case "grid_worker": return tr("网格员", "Grid worker");
    default: return kind;
  }
}

export function role_words(role: Holding["role"]): string {
  return role === "main" ? tr("A 岗", "Main holder") : tr("B 岗", "Stand-in");
}

/** Whether somebody is away at this moment. */
export function is_away(holding: Holding, now = server_now()): boolean {
  return holding.away != null && Date.parse(holding.away.from) <= now && now < Date.parse(holding.away.until);
}

/** The last day somebody is away: the moment they are back is the first of the day after. */
export const last_day_away = (holding: Holding): string => (holding.away ? day_of(Date.parse(holding.away.until) - 1) : "");

/** Since when, until when, and whether away: "A 岗，2026-01-01 起". */
export function seat_words(holding: Holding): string {
  const parts = [role_words(holding.role), tr(`${day_of(holding.from)} 起`, `from ${day_of(holding.from)}`)];
  if (holding.to) parts.push(tr(`到 ${day_of(holding.to)}`, `until ${day_of(holding.to)}`));
  if (holding.away && Date.parse(holding.away.until) > server_now()) parts.push(tr(`请假到 ${last_day_away(holding)}`, `away until ${last_day_away(holding)}`));
  return parts.join(tr("，", ", "));
}

export function seats_of(posts: readonly Post[], account: string): Seat[] {
  const seats = posts.flatMap((post) => post.holdings.filter((one) => one.account === account).map((holding) => ({ post, holding })));
  return seats.map((seat) => ({ ...seat, words: seat_words(seat.holding) }));
}

/** Everybody on a post, by name, with the name and number the district publishes. */
export function holders_of(posts: readonly Post[]): Holder[] {
  const found = new Map<string, Holder>();
  for (const post of posts) {
    for (const one of post.holdings) {
      const holder = found.get(one.account) ?? { account: one.account, name: one.name, phone: one.phone ?? undefined, posts: [] };
      holder.posts.push(post.name);
      found.set(one.account, holder);
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, "zh"));
}

/** Whether nobody serves a post: empty, or its holder away with no stand-in. */
export function is_vacant(post: Post): boolean {
  return post.serving == null;
}
