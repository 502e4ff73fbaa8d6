// The pages of a form as lines of a list: what each asks, and whether it is answered.
import { is_question, text_in } from "../../../forms/form";
import { tr } from "../../../lib/words";
import type { Filling } from "./filling";
import type { Page } from "./pages";

export interface PageLine {
  key: number;
  words: string;
  state: "answered" | "missing" | "wrong" | "empty" | "end";
}

export function list_pages(filling: Filling): PageLine[] {
  const faults = new Map(filling.faults().map((fault) => [fault.node, fault.code]));
  return filling.pages.value.map((page) => ({ key: page.key, words: words_of(filling, page), state: state_of(page, faults) }));
}

function words_of(filling: Filling, page: Page): string {
  if (page.is === "end") return tr("看一遍，发送", "Read over and send");
  if (page.is === "again") {
    const label = text_in(page.repeat.node.label, filling.language.value) || page.repeat.node.name;
    return tr(`${label}：还有吗`, `${label}: any more`);
  }
  const [first] = page.nodes;
  const group = page.nodes.length > 1 ? first?.parent : undefined;
  return group?.item?.node.label ? filling.sentence_of(group) : filling.sentence_of(first!);
}

function state_of(page: Page, faults: ReadonlyMap<unknown, string>): PageLine["state"] {
  if (page.is !== "ask") return page.is === "again" ? "answered" : "end";
  const codes = page.nodes.flatMap((node) => faults.get(node) ?? []);
  if (codes.some((code) => code !== "answer.missing")) return "wrong";
  if (codes.length > 0) return "missing";
  const questions = page.nodes.filter((node) => is_question(node.item!.node));
  return questions.length === 0 || questions.some((node) => node.text !== "") ? "answered" : "empty";
}
