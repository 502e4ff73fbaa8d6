// A form as an outline that is written in: questions are added, moved, copied, taken away. Each step gives a new form; the old one stays for undo.
import type { Form, FormNode } from "../../../../forms/form";
import { is_holder } from "../question_types";

/** Where a node stands: its index among the outermost, then within each group. */
export type Spot = readonly number[];

export interface OutlineLine {
  node: FormNode;
  spot: Spot;
}

/** A form after a step, and where the node it was about stands now. */
export interface Step {
  form: Form;
  spot: Spot;
}

/** All lines from top to bottom. */
export function outline_of(form: Form): OutlineLine[] {
  const below = (nodes: readonly FormNode[], above: Spot): OutlineLine[] =>
    nodes.flatMap((node, index) => [{ node, spot: [...above, index] }, ...below(node.nodes ?? [], [...above, index])]);
  return below(form.nodes, []);
}

export const same_spot = (one: Spot, other: Spot): boolean => one.length === other.length && one.every((index, depth) => index === other[depth]);

export function node_of(form: Form, spot: Spot): FormNode | undefined {
  let found: FormNode | undefined;
  let nodes: readonly FormNode[] = form.nodes;
  for (const index of spot) {
    found = nodes[index];
    nodes = found?.nodes ?? [];
  }
  return found;
}

/** The siblings at a place changed; everything else stays the same object. */
function with_siblings(nodes: readonly FormNode[], above: Spot, change: (siblings: FormNode[]) => FormNode[]): FormNode[] {
  const [first, ...rest] = above;
  if (first === undefined) return change([...nodes]);
  return nodes.map((node, index) => (index === first ? { ...node, nodes: with_siblings(node.nodes ?? [], rest, change) } : node));
}

const change_at = (form: Form, above: Spot, change: (siblings: FormNode[]) => FormNode[]): Form => ({ ...form, nodes: with_siblings(form.nodes, above, change) });

/** Puts a node behind another; into a group that is chosen, as its first; without one, at the end. */
export function add_after(form: Form, spot: Spot | undefined, node: FormNode): Step {
  const chosen = spot && node_of(form, spot);
  if (!spot || !chosen) return { form: { ...form, nodes: [...form.nodes, node] }, spot: [form.nodes.length] };
  if (is_holder(chosen.type)) return put(form, [...spot, 0], node);
  return put(form, next_to(spot), node);
}

/** Puts a node at a place; what stood there moves one down. */
function put(form: Form, spot: Spot, node: FormNode): Step {
  const [above, index] = split(spot);
  return { form: change_at(form, above, (siblings) => [...siblings.slice(0, index), node, ...siblings.slice(index)]), spot };
}

/** Takes a node away; the spot is that of the line to go on with. */
export function remove_at(form: Form, spot: Spot): Step {
  const [above, index] = split(spot);
  const left = change_at(form, above, (siblings) => siblings.filter((_, at) => at !== index));
  if (node_of(left, spot)) return { form: left, spot };
  return { form: left, spot: index > 0 ? [...above, index - 1] : above };
}

export function replace_at(form: Form, spot: Spot, node: FormNode): Form {
  const [above, index] = split(spot);
  return change_at(form, above, (siblings) => siblings.map((one, at) => (at === index ? node : one)));
}

/** Moves a node one line up or down: into a group it meets, and out of its own at the edge. At the form's edge it stays. */
export function move_by(form: Form, spot: Spot, by: -1 | 1): Step {
  const node = node_of(form, spot);
  const target = node && target_of(form, spot, by);
  if (!node || !target) return { form, spot };
  const without = remove_at(form, spot).form;
  return put(without, target, node);
}

/** Where a node goes, as places are counted after it was taken away. */
function target_of(form: Form, spot: Spot, by: -1 | 1): Spot | undefined {
  const [above, index] = split(spot);
  const met_at = [...above, index + by];
  const met = index + by < 0 ? undefined : node_of(form, met_at);
  if (met && is_holder(met.type)) return by < 0 ? [...met_at, met.nodes?.length ?? 0] : [...spot, 0];
  if (met) return met_at;
  if (above.length === 0) return undefined;
  return by < 0 ? above : next_to(above);
}

/** A copy behind the node, with names that are not taken. */
export function copy_at(form: Form, spot: Spot): Step {
  const node = node_of(form, spot);
  if (!node) return { form, spot };
  const taken = names_of(form);
  const fresh = (one: FormNode): FormNode => {
    const name = free_name(one.name, taken);
    taken.add(name);
    return { ...one, name, ...(one.nodes && { nodes: one.nodes.map(fresh) }) };
  };
  return put(form, next_to(spot), fresh(node));
}

export const names_of = (form: Form): Set<string> => new Set(outline_of(form).map(({ node }) => node.name));

/** The name itself, or with the first number that makes it free: `age`, `age_2`. */
export function free_name(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "");
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
}

/** Gives a question another name, in every rule and sentence that names it too. */
export function rename_at(form: Form, spot: Spot, name: string): Form {
  const node = node_of(form, spot);
  if (!node || node.name === name) return form;
  const renamed = replace_at(form, spot, { ...node, name });
  const others_have_it = outline_of(renamed).some((line) => line.node.name === node.name);
  return others_have_it ? renamed : naming_anew(renamed, node.name, name);
}

/** `${old}` becomes `${new}` wherever it is written. */
function naming_anew(form: Form, before: string, after: string): Form {
  const reference = new RegExp(`\\$\\{\\s*${before.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*\\}`, "g");
  const write = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(reference, () => `\${${after}}`);
    if (Array.isArray(value)) return value.map(write);
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, write(inner)]));
    return value;
  };
  return { ...form, nodes: write(form.nodes) as FormNode[], ...(form.instance_name !== undefined && { instance_name: write(form.instance_name) as string }) };
}

const split = (spot: Spot): [Spot, number] => [spot.slice(0, -1), spot[spot.length - 1] ?? 0];
const next_to = (spot: Spot): Spot => [...spot.slice(0, -1), (spot[spot.length - 1] ?? 0) + 1];
