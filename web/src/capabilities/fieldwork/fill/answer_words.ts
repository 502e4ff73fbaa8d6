// What somebody answered, as the page says it again: choices by their labels, moments as people say them, files by what they are.
import type { Answers } from "../../../forms/answers";
import { names } from "../../../forms/functions";
import { parse_points } from "../../../forms/place";
import { text_in } from "../../../forms/form";
import type { TreeNode } from "../../../forms/tree";
import { tr } from "../../../lib/words";

const FILES: Record<string, () => string> = {
  photo: () => tr("有照片", "a photo"),
  audio: () => tr("有录音", "a recording"),
  video: () => tr("有视频", "a video"),
  file: () => tr("有文件", "a file"),
  signature: () => tr("已签名", "signed"),
};

export const is_file = (type: string): boolean => type in FILES;

/** Empty where nothing was answered. */
export function answer_words(answers: Answers, node: TreeNode, language: string): string {
  const { text } = node;
  const definition = node.item!.node;
  if (text === "") return "";
  if (definition.list !== undefined) return chosen_words(answers, definition.list, definition.type === "select_one" ? [text] : names(text), language);
  const file = FILES[definition.type];
  if (file) return file();
  switch (definition.type) {
    case "date": return written_date(definition.appearance ?? "", text);
    case "time": return text.slice(0, 5);
    case "date_time": return text.slice(0, 16).replace("T", " ");
    case "acknowledge": return tr("已确认", "confirmed");
    case "place": return place_words(text);
    default: return text;
  }
}

function chosen_words(answers: Answers, list: string, chosen: string[], language: string): string {
  const choices = answers.plan.form.lists?.[list] ?? [];
  const label = (name: string) => text_in(choices.find((choice) => choice.name === name)?.label, language) || name;
  return chosen.map(label).join(tr("、", ", "));
}

function written_date(appearance: string, text: string): string {
  if (/\byear\b/.test(appearance) && !appearance.includes("month-year")) return text.slice(0, 4);
  return appearance.includes("month-year") ? text.slice(0, 7) : text;
}

/** Degrees to about a metre. */
export function place_words(text: string): string {
  const points = parse_points(text) ?? [];
  const first = points[0];
  if (!first) return text;
  const written = `${first[0].toFixed(5)}, ${first[1].toFixed(5)}`;
  return points.length === 1 ? written : tr(`${written} 等 ${points.length} 个点`, `${written} and ${points.length - 1} more`);
}
