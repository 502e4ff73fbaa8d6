// What is shown of a question: its words with answers in them, and the choices its filter offers. Twin of
// crates/forms/src/answers/offer.rs.
import type { Answers } from "./answers";
import { focus_on, type Scene, type World } from "./evaluate";
import { text_in, type Choice, type Text } from "./form";
import type { TreeNode } from "./tree";

/** A label, hint or message with its `${name}` filled in from where the node stands; a choice is shown by its label. */
export function sentence(answers: Answers, text: Text | undefined, node: TreeNode, scene: Scene): string {
  const world = answers.world(scene);
  return text_in(text, scene.language).replace(/\$\{([^}]*)\}/g, (_, name: string) => shown_answer(answers, name.trim(), node, world));
}

function shown_answer(answers: Answers, name: string, node: TreeNode, world: World): string {
  if (!answers.plan.find_name(name)) return "";
  const text = world.text({ is: "path", path: { start: { is: "named", name }, steps: [] } }, focus_on(node));
  return answers.plan.choice_label(name, text, world.scene.language) ?? text;
}

/** The choices a question offers here, in the order of its list; only those `look_at` lets through are looked at. */
export function offered(answers: Answers, node: TreeNode, world: World, look_at: (choice: Choice) => boolean = () => true): Choice[] {
  const { node: definition, rules } = node.item!;
  const choices = answers.plan.form.lists?.[definition.list ?? ""] ?? [];
  const { filter } = rules;
  if (!filter) return choices.filter(look_at);
  const items = answers.plan.list(definition.list!)!.named("root")[0]!.named("item");
  return choices.filter((choice, index) => {
    world.rest();
    return look_at(choice) && world.bool(filter, focus_on(items[index]!, node));
  });
}
