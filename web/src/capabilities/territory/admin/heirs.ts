// People who can be put on a post: staff accounts for who may see them, else those already on posts; with the published name and number.
import { load_accounts } from "../../identity/admin/accounts";
import { holds } from "../../../lib/session";
import { tr } from "../../../lib/words";
import { holders_of, type Holder, type Post } from "./posts";

/** What was handed over, as it was shown before and as the server answered. */
export interface Statement {
  id: string;
  /** Until when it can be taken back. */
  undo_until: string;
  leaver: string;
  at: string;
  /** A post with who holds it now; without an heir it is vacant. */
  rows: { id: string; post: string; heir: string | undefined; open: number }[];
}

export async function load_people(posts: readonly Post[]): Promise<Holder[]> {
  const on_posts = new Map(holders_of(posts).map((one) => [one.account, one]));
  if (!holds("identity.manage_accounts")) return [...on_posts.values()];
  const accounts = (await load_accounts()).filter((one) => !one.closed_at && !one.suspended_at);
  const people = accounts.map((one) => on_posts.get(one.id) ?? { account: one.id, name: one.name, phone: undefined, posts: [] });
  return people.sort((a, b) => a.name.localeCompare(b.name, "zh"));
}

/** "李芳（田心街道窗口等 2 个岗位）" tells two of the same name apart. */
export function person_words(one: Holder): string {
  const [first] = one.posts;
  if (!first) return one.name;
  const more = one.posts.length > 1;
  return more
    ? tr(`${one.name}（${first}等 ${one.posts.length} 个岗位）`, `${one.name} (${first} and ${one.posts.length - 1} more)`)
    : tr(`${one.name}（${first}）`, `${one.name} (${first})`);
}
