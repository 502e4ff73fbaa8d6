// Standing in, arranged from the desk: which posts, who may serve them, from when until when.
import { api, ask, type Schema } from "../../../../client/api";
import type { Post } from "../../../cases/shared/posts";

export type StandIn = Schema["StandInView"];
export type TakenOver = Schema["TakenOver"];
export type HandedBack = Schema["HandedBack"];

/** As the form holds it: moments as a `datetime-local` control gives them, in Shanghai. */
export interface Arranged {
  post: string;
  from: string;
  until: string;
  by: string;
  reason: string;
}

export const list_stand_ins = (): Promise<StandIn[]> => ask(api.GET("/api/fieldwork/stand-in"));
export const end_stand_in = (id: string): Promise<HandedBack> => ask(api.POST("/api/fieldwork/stand-in/{id}/end", { params: { path: { id } } }));

export const moment_of = (local: string): string => `${local}:00+08:00`;

export const begin_stand_in = ({ post, from, until, by, reason }: Arranged): Promise<TakenOver[]> => ask(api.POST("/api/fieldwork/stand-in", {
  body: { post, until: moment_of(until), reason: reason.trim(), ...(from && { from: moment_of(from) }), ...(by && { by }) },
}));

const is_within = (path: string, scope: string): boolean => path === scope || path.startsWith(`${scope}/`);

/** The workers' posts of an area that somebody holds, in the order of their grids. */
export const posts_of = (posts: readonly Post[], scope: string): Post[] =>
  posts.filter((post) => post.kind === "grid_worker" && is_within(post.area_path, scope) && holder_of(post, "main")).sort((a, b) => a.area_path.localeCompare(b.area_path));

export const holder_of = (post: Post, role: "main" | "stand_in") => post.holdings.find((holding) => holding.role === role);

/** Who may serve a post that has no stand-in: those who hold another worker's or leader's post of the area. Nobody twice. */
export function helpers_for(post: Post, posts: readonly Post[], scope: string): { account: string; words: string }[] {
  const own = new Set(post.holdings.map((holding) => holding.account));
  const found = new Map<string, string>();
  for (const other of posts.filter((one) => (one.kind === "grid_worker" || one.kind === "grid_leader") && is_within(one.area_path, scope))) {
    const main = holder_of(other, "main");
    if (main && !own.has(main.account) && !found.has(main.account)) found.set(main.account, `${main.name} · ${other.name}`);
  }
  return [...found].map(([account, words]) => ({ account, words }));
}
