// The outline: what each step leaves, and that no question is lost or doubled by any order of steps.
import { describe, expect, test } from "vitest";
import type { Form, FormNode } from "../../../../forms/form";
import { add_after, copy_at, free_name, move_by, node_of, outline_of, remove_at, rename_at, type Spot } from "./outline";

const question = (name: string, more: Partial<FormNode> = {}): FormNode => ({ name, type: "text", ...more });
const group = (name: string, ...nodes: FormNode[]): FormNode => ({ name, type: "group", nodes });
const form = (...nodes: FormNode[]): Form => ({ format: 1, id: "f", version: "", nodes });
/** `a g(b c) d` */
const shape = (of: Form): string => {
  const words = (nodes: readonly FormNode[]): string => nodes.map((node) => (node.nodes ? `${node.name}(${words(node.nodes)})` : node.name)).join(" ");
  return words(of.nodes);
};

describe("a step in the outline", () => {
  const start = form(question("a"), group("g", question("b"), question("c")), question("d"));

  test.each<[Spot, -1 | 1, string]>([
    [[0], 1, "g(a b c) d"],
    [[2], -1, "a g(b c d)"],
    [[1, 0], -1, "a b g(c) d"],
    [[1, 1], 1, "a g(b) c d"],
    [[1, 0], 1, "a g(c b) d"],
    [[1], -1, "g(b c) a d"],
    [[0], -1, "a g(b c) d"],
    [[2], 1, "a g(b c) d"],
  ])("moves %j by %i", (spot, by, after) => {
    const name = node_of(start, spot)!.name;
    const moved = move_by(start, spot, by);
    expect(shape(moved.form)).toBe(after);
    expect(node_of(moved.form, moved.spot)!.name).toBe(name);
  });

  test.each<[Spot | undefined, string]>([[undefined, "a g(b c) d x"], [[0], "a x g(b c) d"], [[1], "a g(x b c) d"], [[1, 1], "a g(b c x) d"]])("adds behind %j", (spot, after) => {
    const added = add_after(start, spot, question("x"));
    expect(shape(added.form)).toBe(after);
    expect(node_of(added.form, added.spot)!.name).toBe("x");
  });

  test.each<[Spot, string, string | undefined]>([[[0], "g(b c) d", "g"], [[1, 1], "a g(b) d", "b"], [[2], "a g(b c)", "g"], [[1], "a d", "d"]])("takes %j away and goes on with its neighbour", (spot, after, next) => {
    const left = remove_at(start, spot);
    expect(shape(left.form)).toBe(after);
    expect(node_of(left.form, left.spot)?.name).toBe(next);
  });

  test("copies a group with names that are free", () => {
    expect(shape(copy_at(start, [1]).form)).toBe("a g(b c) g_2(b_2 c_2) d");
  });

  test("a new name goes into every rule and sentence", () => {
    const before = form(question("a"), question("b", { relevant: "${a} = 'x' and ${ a } != ${aa}", label: { zh: "因为${a}" } }), question("aa"));
    const after = rename_at(before, [0], "dog");
    expect(after.nodes[1]).toMatchObject({ relevant: "${dog} = 'x' and ${dog} != ${aa}", label: { zh: "因为${dog}" } });
  });

  test("a free name is counted on", () => {
    expect([free_name("a", new Set()), free_name("a", new Set(["a"])), free_name("a_2", new Set(["a", "a_2"]))]).toEqual(["a", "a_2", "a_3"]);
  });

  test("no order of moves loses or doubles a question", () => {
    let now = start;
    for (let turn = 0; turn < 500; turn += 1) {
      const lines = outline_of(now);
      const line = lines[(turn * 7 + (turn >> 3)) % lines.length]!;
      now = move_by(now, line.spot, turn % 3 === 0 ? -1 : 1).form;
      expect(outline_of(now).map(({ node }) => node.name).sort()).toEqual(["a", "b", "c", "d", "g"]);
    }
  });
});
