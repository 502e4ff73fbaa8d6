// A form as screens: one question each, a group marked `field-list` together, after each repeat whether there is one more, and the end.
import type { Item } from "../../../forms/plan";
import { TreeNode } from "../../../forms/tree";
import { focus_on, type World } from "../../../forms/evaluate";
import { is_question } from "../../../forms/form";

/** `known` is what is shown before the question and not asked. */
export type Page =
  | { is: "ask"; key: number; nodes: TreeNode[]; known: TreeNode[] }
  | { is: "again"; key: number; parent: TreeNode; repeat: Item; known: TreeNode[] }
  | { is: "end"; key: number; known: TreeNode[] };

const END_KEY = 0;
const keys = new WeakMap<object, number>();
let last_key = END_KEY;

/** A page is still the same page when others come or go before it. */
function key_of(what: object): number {
  const known = keys.get(what);
  if (known !== undefined) return known;
  last_key += 1;
  keys.set(what, last_key);
  return last_key;
}

export function looks(node: TreeNode, appearance: string): boolean {
  return node.item?.node.appearance?.split(/\s+/).includes(appearance) ?? false;
}

/** All pages in order. `is_known` says of a question that it is shown and not asked. */
export function pages_of(root: TreeNode, top: Item[], world: World, is_known: (node: TreeNode) => boolean): Page[] {
  const walk = new Walk(top, world, is_known);
  walk.into(root);
  return walk.end();
}

class Walk {
  private readonly pages: Page[] = [];
  /** Known answers that wait for the next page to stand on. */
  private known: TreeNode[] = [];

  constructor(
    private readonly top: Item[],
    private readonly world: World,
    private readonly is_known: (node: TreeNode) => boolean,
  ) {}

  into(parent: TreeNode): void {
    if (looks(parent, "field-list")) this.together(parent);
    else for (const item of this.items_of(parent)) this.item(parent, item, true);
  }

  end(): Page[] {
    return [...this.pages, { is: "end", key: END_KEY, known: this.take_known() }];
  }

  private items_of(parent: TreeNode): Item[] {
    return parent.item?.children ?? this.top;
  }

  private item(parent: TreeNode, item: Item, with_questions: boolean): void {
    if (item.node.type === "repeat") this.repeat(parent, item);
    else for (const node of parent.named(item.node.name)) if (node.relevant) this.node(node, with_questions);
  }

  private node(node: TreeNode, with_questions: boolean): void {
    if (node.item!.node.type === "group") {
      if (with_questions) this.into(node);
      else this.repeats_in(node);
    } else if (with_questions && is_shown(node)) {
      if (this.is_known(node)) this.known.push(node);
      else this.ask(key_of(node), [node]);
    }
  }

  /** One page for the group; repeats within it come after. */
  private together(group: TreeNode): void {
    const nodes = leaves_of(group);
    if (nodes.some((node) => !this.is_known(node))) this.ask(key_of(group), nodes);
    else this.known.push(...nodes);
    this.repeats_in(group);
  }

  private repeats_in(group: TreeNode): void {
    for (const item of this.items_of(group)) this.item(group, item, false);
  }

  private repeat(parent: TreeNode, item: Item): void {
    const instances = parent.named(item.node.name);
    for (const instance of instances) if (instance.relevant) this.into(instance);
    if (item.rules.count || !this.is_asked(parent, item)) return;
    this.pages.push({ is: "again", key: key_of(parent.slot(item.node.name)), parent, repeat: item, known: this.take_known() });
  }

  /** Whether a repeat without an instance is asked: its rule looks at the form from where an instance would stand. */
  private is_asked(parent: TreeNode, item: Item): boolean {
    const [first] = parent.named(item.node.name);
    if (first || !item.rules.relevant) return first?.relevant ?? true;
    this.world.rest();
    return this.world.bool(item.rules.relevant, focus_on(new TreeNode(item.node.name, parent, item)));
  }

  private ask(key: number, nodes: TreeNode[]): void {
    this.pages.push({ is: "ask", key, nodes, known: this.take_known() });
  }

  private take_known(): TreeNode[] {
    const known = this.known;
    this.known = [];
    return known;
  }
}

function is_shown(node: TreeNode): boolean {
  const definition = node.item!.node;
  return is_question(definition) || definition.type === "note";
}

/** What is shown of a group, but for the repeats in it. */
function leaves_of(group: TreeNode): TreeNode[] {
  return group.children().filter((child) => child.relevant && child.item!.node.type !== "repeat").flatMap((child) => {
    if (child.item!.node.type === "group") return leaves_of(child);
    return is_shown(child) ? [child] : [];
  });
}
