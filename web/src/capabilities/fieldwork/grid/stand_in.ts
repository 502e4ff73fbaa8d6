// Standing in (AB 岗): who serves whose post and until when, in words, and the posts that are one's own or one's to take over.
import { api, ask, Refusal, type Schema } from "../../../client/api";
import { session } from "../../../lib/session";
import { server_now } from "../../../lib/server_clock";
import { as_of, day_after, day_of } from "../../../lib/time";
import { tr } from "../../../lib/words";
import { use_kept_query } from "../../../offline";

export type StandIn = Schema["StandInView"];

/** A post of somebody's, and who else is seated there. */
export interface Seat {
  id: string;
  name: string;
  /** Of one's own: who stands in; nobody perhaps. Of another's: whose it is. */
  other: string;
}
export interface Seats {
  own: Seat[];
  covered: Seat[];
}

/** A day's work is over. */
const EVENING = "20:00";
const ROWS = 100;

export const list_stand_ins = () => use_kept_query<StandIn[]>("stand-in", () => ask(api.GET("/api/fieldwork/stand-in")));
export const list_seats = () => use_kept_query<Seats>("seats", find_seats);

/** The posts are looked for in one's own communities: who stands in is a neighbour. */
async function find_seats(): Promise<Seats> {
  const account = session.me?.account;
  const communities = new Set((session.me?.posts ?? []).flatMap((post) => post.area_path.split("/").slice(0, -1).pop() ?? []));
  const pages = await Promise.all([...communities].map((area) => ask(api.GET("/api/territory/posts", { params: { query: { kind: "grid_worker", area, limit: ROWS } } }))));
  return seats_of(pages.flatMap((page) => page.items), account);
}

export function seats_of(posts: readonly Schema["PostView"][], account: string | undefined): Seats {
  const name_of = (post: Schema["PostView"], role: string) => post.holdings.find((held) => held.role === role)?.name ?? "";
  const held_as = (role: string) => posts.filter((post) => post.holdings.some((held) => held.account === account && held.role === role));
  const seat = (post: Schema["PostView"], role: string): Seat => ({ id: post.id, name: post.name, other: name_of(post, role) });
  return { own: held_as("main").map((post) => seat(post, "stand_in")), covered: held_as("stand_in").map((post) => seat(post, "main")) };
}

export function is_running(one: StandIn, now: number = server_now()): boolean {
  return !one.ended_at && Date.parse(one.from) <= now && now < Date.parse(one.until);
}

/** Whether it is about the reader: they serve, or somebody serves for them. Who arranges posts hears of others too. */
export function is_about_me(one: StandIn): boolean {
  return one.by_me || one.main === session.me?.person;
}

export function say_stand_in(one: StandIn): string {
  const until = as_of(Date.parse(one.until));
  if (!is_running(one)) {
    const from = as_of(Date.parse(one.from));
    return one.by_me ? tr(`${from} 起替 ${one.main} 顶岗，到 ${until}`, `You stand in for ${one.main} from ${from} to ${until}`) : tr(`${from} 起由 ${one.by} 替 ${one.main} 顶岗，到 ${until}`, `${one.by} stands in for ${one.main} from ${from} to ${until}`);
  }
  if (one.by_me) return tr(`今天替 ${one.main} 顶岗，到 ${until}`, `Today you stand in for ${one.main}, until ${until}`);
  if (is_about_me(one)) return tr(`今天由 ${one.by} 替您顶岗，到 ${until}`, `Today ${one.by} stands in for you, until ${until}`);
  return tr(`今天由 ${one.by} 替 ${one.main} 顶岗，到 ${until}`, `Today ${one.by} stands in for ${one.main}, until ${until}`);
}

/** The evening of a day in Shanghai; once that is over, the end of the day. */
export function evening_of(day: string, now: number = server_now()): string {
  const evening = Date.parse(`${day}T${EVENING}:00+08:00`);
  return new Date(evening > now ? evening : Date.parse(`${day_after(day, 1)}T00:00:00+08:00`)).toISOString();
}

export function today_and_tomorrow(now: number = server_now()): { today: string; tomorrow: string } {
  const today = day_of(now);
  return { today, tomorrow: day_after(today, 1) };
}

/** Nobody who may see posts is told where none is served: then there is nothing to offer. */
export function lacks_posts(refusal: Refusal | undefined): boolean {
  return refusal?.is_forbidden === true;
}
