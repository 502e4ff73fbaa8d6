// What paths walk on: answers, or the choices of a list. Children of one name lie together, in the order of the form.
import type { Item } from "./plan";

export class TreeNode {
  readonly slots = new Map<string, TreeNode[]>();
  text = "";
  /** What its own rule says; whether it is asked depends on what it lies in too. */
  relevant = true;

  constructor(
    readonly name: string,
    readonly parent: TreeNode | null = null,
    readonly item: Item | null = null,
  ) {}

  /** Adds a node as the last of its name. */
  add(name: string, item: Item | null = null): TreeNode {
    const node = new TreeNode(name, this, item);
    this.slot(name).push(node);
    return node;
  }

  /** Makes a place for a name, so that the order of the form is kept where there is no node yet. */
  slot(name: string): TreeNode[] {
    let slot = this.slots.get(name);
    if (!slot) this.slots.set(name, (slot = []));
    return slot;
  }

  named(name: string): readonly TreeNode[] {
    return this.slots.get(name) ?? [];
  }

  children(): TreeNode[] {
    return Array.from(this.slots.values()).flat();
  }

  /** Its string-value: its own text, or that of all below it. */
  whole_text(): string {
    return this.slots.size === 0 ? this.text : this.text + this.children().map((child) => child.whole_text()).join("");
  }

  is_relevant(): boolean {
    return this.relevant && (this.parent === null || this.parent.is_relevant());
  }

  /** From 1, among the nodes of its name. */
  position(): number {
    return this.parent ? this.parent.named(this.name).indexOf(this) + 1 : 1;
  }

  /** Its ancestors and itself, from the root. */
  chain(): TreeNode[] {
    return this.parent ? [...this.parent.chain(), this] : [this];
  }

  is_within(ancestor: TreeNode): boolean {
    return this === ancestor || (this.parent?.is_within(ancestor) ?? false);
  }

  /** `/household/member[2]/age`: without the root, positions from 1 where there are several of a name. */
  address(): string {
    if (!this.parent) return "";
    const several = this.parent.named(this.name).length > 1;
    return `${this.parent.address()}/${this.name}${several ? `[${this.position()}]` : ""}`;
  }

  find(address: string): TreeNode | undefined {
    let at: TreeNode | undefined = this;
    for (const step of address.split("/").filter(Boolean)) {
      const found = /^([^[]+)(?:\[([0-9]+)\])?$/.exec(step);
      at = found ? at?.named(found[1]!)[Number(found[2] ?? 1) - 1] : undefined;
    }
    return at;
  }

  /** Sorts as nodes stand in the document. */
  order_key(): number[] {
    if (!this.parent) return [];
    const slot = Array.from(this.parent.slots.keys()).indexOf(this.name);
    return [...this.parent.order_key(), slot, this.position()];
  }
}

/** In the order of the document, each once. */
export function sorted(nodes: TreeNode[]): TreeNode[] {
  const keyed = Array.from(new Set(nodes)).map((node) => ({ node, key: node.order_key() }));
  keyed.sort((left, right) => compare_keys(left.key, right.key));
  return keyed.map(({ node }) => node);
}

function compare_keys(left: number[], right: number[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  }
  return left.length - right.length;
}
