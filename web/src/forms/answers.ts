// The answers to a form, kept in step with its rules: twin of crates/forms/src/answers. A change works out what depends on it
// and nothing else.
import { date_text, moment_text } from "./date";
import { focus_on, World, type Scene, type Value } from "./evaluate";
import type { Expression } from "./expression";
import { fail } from "./fault";
import { ANSWER_CHARS_MAX, ANSWER_NODES_MAX, REPEAT_INSTANCES_MAX, RULES_RUN_MAX } from "./limits";
import { text_of_number } from "./number";
import { parse } from "./parse";
import type { Aspect, Item, Plan } from "./plan";
import { Waiting } from "./waiting";
import { TreeNode } from "./tree";

/** Answers as the server takes them: crates/forms/src/answers/json.rs. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export class Answers {
  readonly root: TreeNode;
  private count = 1;

  private constructor(readonly plan: Plan) {
    this.root = new TreeNode(plan.root);
  }

  /** Defaults set, everything worked out, one instance of each repeat whose count nobody gives. */
  static begin(plan: Plan, scene: Scene): Answers {
    const answers = new Answers(plan);
    const grown = answers.grow(answers.root, plan.top, 1);
    answers.set_first_values(grown, scene);
    answers.settle_whole(scene);
    return answers;
  }

  /** Nothing is worked out before `settle_whole`; what no question asks for is left out. */
  static of_json(plan: Plan, json: Json): Answers {
    const answers = new Answers(plan);
    answers.grow(answers.root, plan.top, 0);
    answers.put_object(answers.root, plan.top, json);
    return answers;
  }

  to_json(relevant_only: boolean): Json {
    return this.object(this.root, relevant_only);
  }

  text(address: string): string | undefined {
    return this.root.find(address)?.text;
  }

  evaluate(expression: string, address: string, scene: Scene): Value {
    const read = parse(expression);
    const node = this.root.find(address) ?? this.root;
    return this.world(scene).evaluate(read, focus_on(node));
  }

  /** Puts text into a node; gives the nodes whose value or relevance changed, its own first. */
  set(address: string, text: string, scene: Scene): TreeNode[] {
    const node = this.find(address);
    if (node.item!.node.nodes) fail("no_such_node", address);
    if (Array.from(text).length > ANSWER_CHARS_MAX) fail("answer_too_long");
    if (node.text === text) return [];
    node.text = text;
    const changed = this.settle(this.plan.aspect(node.item!, "value").readers, scene);
    return unique([node, ...changed]);
  }

  /** Adds an instance at the end of a repeat, `/household/member`; gives what changed, the new instance first. */
  add_instance(address: string, scene: Scene): TreeNode[] {
    const at = address.lastIndexOf("/");
    const parent = this.root.find(address.slice(0, at)) ?? fail("no_such_node", address);
    const siblings = parent.item?.children ?? this.plan.top;
    const repeat = siblings.find((item) => item.node.name === address.slice(at + 1) && item.node.type === "repeat");
    if (!repeat || repeat.rules.count) fail("no_such_node", address);
    const grown = this.add_grown(parent, repeat!, scene) ?? fail("too_many");
    const changed = this.settle(this.after_growing(repeat!), scene);
    return unique([grown, ...changed]);
  }

  /** Takes an instance out, `/household/member[2]`; gives what changed elsewhere. */
  remove_instance(address: string, scene: Scene): TreeNode[] {
    const node = this.find(address);
    if (node.item!.node.type !== "repeat" || node.item!.rules.count) fail("no_such_node", address);
    this.remove(node);
    return unique(this.settle(this.readers_within(node.item!), scene));
  }

  settle_whole(scene: Scene): void {
    this.settle(
      this.plan.items.flatMap((item) => [this.plan.aspect(item, "value"), this.plan.aspect(item, "relevant")]),
      scene,
    );
  }

  world(scene: Scene): World {
    return new World(this.root, this.plan, scene);
  }

  private find(address: string): TreeNode {
    const node = this.root.find(address);
    return node?.item ? node : fail("no_such_node", address);
  }

  /** Every node of an item, in all instances of the repeats around it. */
  private nodes_of(item: Item): TreeNode[] {
    return item.names.reduce((nodes: readonly TreeNode[], name) => nodes.flatMap((node) => node.named(name)), [this.root]) as TreeNode[];
  }

  private grow(node: TreeNode, items: Item[], repeats: number): TreeNode[] {
    return items.flatMap((item) => {
      node.slot(item.node.name);
      const times = item.node.type !== "repeat" ? 1 : item.rules.count ? 0 : repeats;
      return Array.from({ length: times }, () => this.grow_one(node, item, repeats)).flat();
    });
  }

  private grow_one(parent: TreeNode, item: Item, repeats: number): TreeNode[] {
    const node = parent.add(item.node.name, item);
    this.count += 1;
    return [node, ...this.grow(node, item.children, repeats)];
  }

  private add_grown(parent: TreeNode, repeat: Item, scene: Scene): TreeNode | undefined {
    const instances = parent.named(repeat.node.name).length;
    if (instances >= REPEAT_INSTANCES_MAX || this.count >= ANSWER_NODES_MAX) return undefined;
    const grown = this.grow_one(parent, repeat, 1);
    this.set_first_values(grown, stirred(scene, this.count));
    return grown[0];
  }

  private remove(node: TreeNode): void {
    const slot = node.parent!.slot(node.name);
    slot.splice(slot.indexOf(node), 1);
    this.count -= count_below(node);
  }

  private set_first_values(nodes: TreeNode[], scene: Scene): void {
    for (const node of nodes) {
      const { node: definition, rules } = node.item!;
      if (definition.what === "start") node.text = moment_text(scene.now);
      else if (definition.what === "today") node.text = date_text(scene.now);
      else node.text = rules.default ? this.value_of(rules.default, node, scene) : (definition.default ?? "");
    }
  }

  private value_of(rule: Expression, node: TreeNode, scene: Scene): string {
    const world = this.world(scene);
    return world.stored_text(world.evaluate(rule, focus_on(node)));
  }

  /** Everything to be worked out in a new instance, and everything that reads it. */
  private after_growing(repeat: Item): Aspect[] {
    const within = this.plan.within(repeat);
    const own = within.flatMap((item) => [this.plan.aspect(item, "value"), this.plan.aspect(item, "relevant")]);
    return [...own, ...this.readers_within(repeat)];
  }

  private readers_within(repeat: Item): Aspect[] {
    return this.plan.within(repeat).flatMap((item) => Array.from(this.plan.aspect(item, "value").readers));
  }

  /** Runs the rules of these aspects and of what reads what they change, each after what it reads. */
  private settle(aspects: Iterable<Aspect>, scene: Scene): TreeNode[] {
    const waiting = new Waiting(aspects);
    const changed: TreeNode[] = [];
    let run = 0;
    for (let aspect = waiting.next(); aspect; aspect = waiting.next()) {
      run += 1;
      if (run > RULES_RUN_MAX) fail("too_costly");
      const nodes = this.run(aspect, stirred(scene, run));
      if (nodes.length === 0) continue;
      changed.push(...nodes);
      for (const reader of aspect.readers) waiting.add(reader);
      if (aspect.of === "value" && aspect.item.rules.count) {
        for (const next of this.after_growing(aspect.item)) if (next !== aspect) waiting.add(next);
      }
    }
    return changed.filter((node) => node.parent === null || this.root.find(node.address()) === node);
  }

  /** The nodes that changed; of a count the parents of what became more or fewer. */
  private run(aspect: Aspect, scene: Scene): TreeNode[] {
    const { item, of } = aspect;
    const { relevant, count, calculation } = item.rules;
    if (of === "relevant") {
      return relevant ? this.run_each(item, scene, (world, node) => set_relevance(node, world.bool(relevant, focus_on(node)))) : [];
    }
    if (count) return this.run_count(item, count, scene);
    if (!calculation) return [];
    return this.run_each(item, scene, (world, node) => set_text(node, world.stored_text(world.evaluate(calculation, focus_on(node)))));
  }

  private run_each(item: Item, scene: Scene, change: (world: World, node: TreeNode) => boolean): TreeNode[] {
    const world = this.world(scene);
    return this.nodes_of(item).filter((node) => {
      world.rest();
      return change(world, node);
    });
  }

  private run_count(item: Item, rule: Expression, scene: Scene): TreeNode[] {
    const parents = item.parent ? this.nodes_of(item.parent) : [this.root];
    return parents.filter((parent) => {
      const number = this.world(scene).number(rule, focus_on(parent));
      const wanted = number >= 0 ? Math.trunc(Math.min(number, REPEAT_INSTANCES_MAX)) : 0;
      return this.bring_to(parent, item, wanted, scene);
    });
  }

  private bring_to(parent: TreeNode, item: Item, wanted: number, scene: Scene): boolean {
    const slot = parent.slot(item.node.name);
    const before = slot.length;
    while (slot.length > wanted) this.remove(slot[slot.length - 1]!);
    while (slot.length < wanted && this.add_grown(parent, item, scene));
    return slot.length !== before;
  }

  private object(node: TreeNode, relevant_only: boolean): { [name: string]: Json } {
    const object: { [name: string]: Json } = {};
    for (const child of node.children()) {
      const type = child.item!.node.type;
      if (relevant_only && !child.relevant) continue;
      if (type === "repeat") ((object[child.name] ??= []) as Json[]).push(this.object(child, relevant_only));
      else if (type === "group") object[child.name] = this.object(child, relevant_only);
      else if (child.text !== "") object[child.name] = leaf(type, child.text);
    }
    return object;
  }

  private put_object(node: TreeNode, items: Item[], json: Json | undefined): void {
    if (typeof json !== "object" || json === null || Array.isArray(json)) return;
    for (const item of items) if (item.node.name in json) this.put(node, item, json[item.node.name]!);
  }

  private put(parent: TreeNode, item: Item, json: Json): void {
    if (item.node.type === "repeat") {
      for (const instance of Array.isArray(json) ? json.slice(0, REPEAT_INSTANCES_MAX) : []) {
        const [node] = this.grow_one(parent, item, 0);
        this.put_object(node!, item.children, instance);
      }
      return;
    }
    const node = parent.named(item.node.name)[0]!;
    if (item.node.type === "group") this.put_object(node, item.children, json);
    else node.text = text_of(json);
  }
}

function set_relevance(node: TreeNode, relevant: boolean): boolean {
  const changes = node.relevant !== relevant;
  node.relevant = relevant;
  return changes;
}

function set_text(node: TreeNode, text: string): boolean {
  const changes = node.text !== text;
  node.text = text;
  return changes;
}

function count_below(node: TreeNode): number {
  return node.children().reduce((count, child) => count + count_below(child), 1);
}

function unique(nodes: TreeNode[]): TreeNode[] {
  return Array.from(new Set(nodes));
}

/** The same with other chance. */
function stirred(scene: Scene, by: number): Scene {
  return { ...scene, seed: scene.seed + by * 7_919 };
}

function leaf(type: string, text: string): Json {
  if (type === "select_many" || type === "rank") return text.split(/[ \t\n\f\r]+/).filter(Boolean);
  const is_number = type === "integer" ? /^-?[0-9]{1,15}$/.test(text) : /^-?[0-9]+(\.[0-9]+)?$/.test(text);
  return ["integer", "decimal", "range"].includes(type) && is_number ? Number(text) : text;
}

function text_of(json: Json): string {
  if (json === null) return "";
  if (Array.isArray(json)) return json.map(text_of).join(" ");
  if (typeof json === "number") return text_of_number(json);
  return typeof json === "object" ? "" : String(json);
}
