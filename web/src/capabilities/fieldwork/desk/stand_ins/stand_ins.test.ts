// Whose post can be served by whom, and how moments are sent.
import { expect, test } from "vitest";
import type { Post } from "../../../cases/shared/posts";
import { helpers_for, moment_of, posts_of } from "./stand_ins";

const holding = (account: string, role: "main" | "stand_in" = "main") => ({ id: account, account, role, name: account, from: "2026-01-01T00:00:00Z" });
const post = (id: string, area_path: string, holdings: ReturnType<typeof holding>[], kind = "grid_worker") => ({ id, kind, name: id, area_path, open_from: "2026-01-01T00:00:00Z", holdings }) as Post;
const posts = [post("二网格", "1/2/22", [holding("王")]), post("一网格", "1/2/21", [holding("李"), holding("张", "stand_in")]), post("网格长", "1/2", [holding("赵")], "grid_leader"), post("别处", "1/3/31", [holding("钱")]), post("空岗", "1/2/23", [])];

test("posts of one's area that somebody holds, in the order of the grids", () => {
  expect(posts_of(posts, "1/2").map((one) => one.name)).toEqual(["一网格", "二网格"]);
});

test("others of the area may help; those of the post itself are not named again", () => {
  expect(helpers_for(posts[1]!, posts, "1/2").map((one) => one.account)).toEqual(["王", "赵"]);
});

test("a moment is one of Shanghai", () => {
  expect(moment_of("2026-11-22T18:00")).toBe("2026-11-22T18:00:00+08:00");
});
