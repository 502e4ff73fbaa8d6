// The posts a case can go to, read once a page; and what the routing rules said about a case.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { is_english, type Words } from "../../../lib/words";

export type Post = Schema["PostView"];

/** A case's explanation, where a rule named somebody: the selector (`unit:water_supply`, `grid_worker`) and the sentence. */
export interface Suggestion {
  to: string;
  organisation: string | undefined;
  words: Words;
}

const PAGE_ROWS = 100;
let asked: Promise<Post[]> | undefined;
let unit_keys = new Map<string, string>();

async function read_all(): Promise<Post[]> {
  const organisations = await ask(api.GET("/api/territory/organisations"));
  unit_keys = new Map(organisations.map((one) => [one.id, one.key]));
  const all = await read_all_pages((after) => ask(api.GET("/api/territory/posts", { params: { query: { limit: PAGE_ROWS, after } } })));
  return all.filter((post) => !post.open_to);
}

/** All open posts of the district. */
export function list_posts(): Promise<Post[]> {
  asked ??= read_all().catch((refusal: unknown) => {
    asked = undefined;
    throw refusal;
  });
  return asked;
}

export function suggestion_of(explanation: unknown): Suggestion | undefined {
  const { to, zh, en } = explanation as { to?: unknown; zh?: unknown; en?: unknown };
  if (typeof to !== "string" || typeof zh !== "string" || typeof en !== "string") return undefined;
  return { to, organisation: to.startsWith("unit:") ? to.slice("unit:".length) : undefined, words: { zh, en } };
}

/** Whether a post is the one the rules mean for this place. */
export function is_suggested(post: Post, suggestion: Suggestion | undefined, area_path: string): boolean {
  if (!suggestion) return false;
  if (suggestion.organisation) return post.kind === "unit" && unit_keys.get(post.organisation ?? "") === suggestion.organisation;
  return post.kind === suggestion.to && (area_path === post.area_path || area_path.startsWith(`${post.area_path}/`));
}

/** "供水公司 · 李俊涵": a post as people call it, with who serves it now. */
export function post_words(post: Post): string {
  const name = (is_english() && post.name_en) || post.name;
  const serving = post.holdings.find((holding) => holding.id === post.serving);
  return serving ? `${name} · ${serving.name}` : name;
}
