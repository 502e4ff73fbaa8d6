// A form made ready: rules parsed, and the order in which values are worked out. Twin of crates/forms/src/plan; the server
// has checked the form, so what cannot be here (unknown names, circles) is not looked for again.
import type { Surroundings } from "./evaluate";
import type { Expression } from "./expression";
import { text_in, type Form, type FormNode } from "./form";
import { parse } from "./parse";
import { reads } from "./reads";
import { TreeNode } from "./tree";

export type Rule = "relevant" | "required" | "constraint" | "calculation" | "default" | "read_only" | "filter" | "count";

/** A node with its rules parsed. */
export interface Item {
  /** Its place in the order of the form. */
  number: number;
  node: FormNode;
  /** The names from below the root to it. */
  names: string[];
  parent: Item | null;
  children: Item[];
  rules: Partial<Record<Rule, Expression>>;
}

/** What can change of a node: its value (of a repeat: how many instances), or whether it is asked. */
export interface Aspect {
  item: Item;
  of: "value" | "relevant";
  /** What reads it. */
  readers: Set<Aspect>;
  /** Everything comes after what it reads. */
  rank: number;
}

const RULES: Rule[] = ["relevant", "required", "constraint", "calculation", "read_only", "filter", "count"];

export class Plan implements Surroundings {
  readonly items: Item[] = [];
  readonly top: Item[];
  readonly root: string;
  private readonly by_name = new Map<string, Item[]>();
  private readonly by_path = new Map<string, Item>();
  private readonly lists = new Map<string, TreeNode>();
  private readonly aspects: { value: Aspect; relevant: Aspect }[] = [];

  constructor(readonly form: Form) {
    this.root = form.root ?? "data";
    this.top = form.nodes.map((node) => this.add(node, null));
    for (const item of this.items) this.index(item);
    this.connect();
    this.rank();
  }

  path_of(name: string): readonly string[] | undefined {
    return this.find_name(name)?.names;
  }

  find_name(name: string): Item | undefined {
    const found = this.by_name.get(name);
    return found?.length === 1 ? found[0] : undefined;
  }

  find_path(path: string): Item | undefined {
    return this.by_path.get(path);
  }

  /** A list becomes a tree when somebody first asks for it: most are only shown. */
  list(name: string): TreeNode | undefined {
    const known = this.lists.get(name);
    const choices = this.form.lists?.[name];
    if (known || !choices) return known;
    const language = this.form.languages?.[0]?.code ?? "und";
    const tree = new TreeNode("instance");
    const root = tree.add("root");
    for (const choice of choices) {
      const item = root.add("item");
      item.add("name").text = choice.name;
      item.add("label").text = text_in(choice.label, language);
      for (const [column, value] of Object.entries(choice.columns ?? {})) item.add(column).text = value;
    }
    this.lists.set(name, tree);
    return tree;
  }

  choice_label(question: string, choice: string, language: string): string | undefined {
    const item = this.find_question(question);
    const found = this.form.lists?.[item?.node.list ?? ""]?.find((known) => known.name === choice);
    return found && text_in(found.label, language);
  }

  /** By its name or its path; a relative path counts by its end. */
  private find_question(question: string): Item | undefined {
    const names = question.split("/");
    if (question.startsWith(".")) return this.find_name(names[names.length - 1]!);
    return this.find_name(question) ?? this.find_path(question) ?? this.find_path(`/${names.slice(2).join("/")}`);
  }

  aspect(item: Item, of: "value" | "relevant"): Aspect {
    return this.aspects[item.number]![of];
  }

  /** The item and all it lies in, from the inside out. */
  upwards(item: Item): Item[] {
    return item.parent ? [item, ...this.upwards(item.parent)] : [item];
  }

  /** The item and all that lies in it. */
  within(item: Item): Item[] {
    return [item, ...item.children.flatMap((child) => this.within(child))];
  }

  private add(node: FormNode, parent: Item | null): Item {
    const names = [...(parent?.names ?? []), node.name];
    const item: Item = { number: this.items.length, node, names, parent, children: [], rules: rules_of(node) };
    this.items.push(item);
    item.children = (node.nodes ?? []).map((child) => this.add(child, item));
    return item;
  }

  private index(item: Item): void {
    this.by_path.set(`/${item.names.join("/")}`, item);
    this.by_name.set(item.node.name, [...(this.by_name.get(item.node.name) ?? []), item]);
    const aspect = (of: "value" | "relevant"): Aspect => ({ item, of, readers: new Set(), rank: 0 });
    this.aspects.push({ value: aspect("value"), relevant: aspect("relevant") });
  }

  private connect(): void {
    for (const item of this.items) {
      const { calculation, count, relevant } = item.rules;
      const value = this.aspect(item, "value");
      if (calculation) for (const read of reads(this, calculation, item, item)) this.add_reader(read, value);
      if (count) for (const read of reads(this, count, item, item.parent)) this.add_reader(read, value);
      if (relevant) for (const read of reads(this, relevant, item, item)) this.add_reader(read, this.aspect(item, "relevant"));
    }
  }

  /** Reading a node is reading its value, whether it is asked, and how often the repeats are there that the reader is not in. */
  private add_reader(read: Item, reader: Aspect): void {
    this.aspect(read, "value").readers.add(reader);
    const shared = new Set(this.upwards(reader.item).slice(1));
    for (const up of this.upwards(read)) {
      if (up.rules.relevant) this.aspect(up, "relevant").readers.add(reader);
      if (up !== read && up.node.type === "repeat" && !shared.has(up)) this.aspect(up, "value").readers.add(reader);
    }
  }

  /** Kahn's algorithm. */
  private rank(): void {
    const all = this.aspects.flatMap(({ value, relevant }) => [value, relevant]);
    const waits = new Map<Aspect, number>();
    for (const aspect of all) for (const reader of aspect.readers) waits.set(reader, (waits.get(reader) ?? 0) + 1);
    const ready = all.filter((aspect) => !waits.has(aspect));
    for (let next = 0; next < ready.length; next += 1) {
      const aspect = ready[next]!;
      aspect.rank = next;
      for (const reader of aspect.readers) {
        const left = waits.get(reader)! - 1;
        waits.set(reader, left);
        if (left === 0) ready.push(reader);
      }
    }
  }
}

function rules_of(node: FormNode): Item["rules"] {
  const rules: Item["rules"] = {};
  for (const rule of RULES) {
    const text = node[rule as keyof FormNode];
    if (typeof text === "string") rules[rule] = parse(text);
  }
  const first = node.default === undefined ? undefined : dynamic_default(node.default);
  if (first) rules.default = first;
  return rules;
}

/** A default is worked out where it names a question or calls a function; else it is the text itself. */
function dynamic_default(text: string): Expression | undefined {
  try {
    const expression = parse(text);
    return text.includes("${") || calls(expression) ? expression : undefined;
  } catch {
    return undefined;
  }
}

function calls(expression: Expression): boolean {
  if (expression.is === "call") return true;
  if (expression.is === "pair") return calls(expression.left) || calls(expression.right);
  if (expression.is === "negative") return calls(expression.inner);
  if (expression.is !== "path") return false;
  const { start, steps } = expression.path;
  const at_start = start.is === "of" && (calls(start.inner) || start.predicates.some(calls));
  return at_start || steps.some((step) => step.predicates.some(calls));
}
