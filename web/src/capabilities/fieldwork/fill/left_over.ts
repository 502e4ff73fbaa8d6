// A draft that was begun with another version of its form: what it has and this one does not ask, so that nothing goes in silence.
import type { Json } from "../../../forms/answers";
import type { FormNode } from "../../../forms/form";

/** Names and what was answered, in the order of the draft. */
export function left_over(nodes: readonly FormNode[], answers: Json): { name: string; text: string }[] {
  if (typeof answers !== "object" || answers === null || Array.isArray(answers)) return [];
  return Object.entries(answers).flatMap(([name, answer]) => {
    const node = nodes.find((one) => one.name === name);
    if (!node) return [{ name, text: written(answer) }];
    const within = Array.isArray(answer) ? answer : [answer];
    return node.nodes ? within.flatMap((one) => left_over(node.nodes!, one)) : [];
  });
}

function written(answer: Json): string {
  if (Array.isArray(answer)) return answer.map(written).join(" ");
  return typeof answer === "object" && answer !== null ? Object.values(answer).map(written).join(" ") : String(answer ?? "");
}
