// The same step on many cases: chosen, held back half a minute so that it can be taken back, sent, and told case by case.
import { reactive, shallowRef } from "vue";
import { api, ask, Refusal, type Schema } from "../../../client/api";
import { do_unless_undone, say_done, say_failed } from "../../../lib/notices";
import { told, tr } from "../../../lib/words";
import { find_case, type Action, type CaseLine, type CaseView, type Order } from "../shared/case";

/** The server's own limit. */
export const TOGETHER_MAX = 100;
export const UNDO_SECONDS = 30;

/** Needs that are of each case by itself: a photo of its spot, the case it goes into. */
const OF_ONE = ["photo", "target", "rating", "new_facts"];

/** A step that some of the chosen cases are ready for. */
export interface Step {
  action: Action;
  lines: CaseLine[];
  /** A case the step was read from. */
  sample: CaseView;
}

/** What became of each. */
export interface Outcome {
  words: string;
  lines: { number: string; done: boolean; why: string }[];
}

/** Ids held back: they can still be left as they are. */
export const held_back = reactive(new Set<string>());
export const outcome = shallowRef<Outcome>();

/** The steps possible: one case of each state and owner is asked, and answers for those that stand alike. */
export async function find_steps(lines: readonly CaseLine[]): Promise<Step[]> {
  const alike = new Map<string, CaseLine[]>();
  for (const line of lines) {
    const key = `${line.state} ${line.owner?.id ?? ""}`;
    alike.set(key, [...(alike.get(key) ?? []), line]);
  }
  const groups = [...alike.values()];
  const samples = await Promise.all(groups.map((group) => find_case(group[0]!.number)));
  const steps = new Map<string, Step>();
  for (const [index, sample] of samples.entries()) {
    for (const action of sample.actions.filter((one) => one.can && !one.needs.some((need) => OF_ONE.includes(need)))) {
      const known = steps.get(action.action);
      if (known) known.lines.push(...groups[index]!);
      else steps.set(action.action, { action, sample, lines: [...groups[index]!] });
    }
  }
  return [...steps.values()].sort((a, b) => b.lines.length - a.lines.length);
}

/** Sends the step in half a minute unless it is undone; `after` is called when it was sent. */
export function send_later(step: Step, order: Order, after: () => void): void {
  const lines = step.lines;
  const free = () => lines.forEach((line) => held_back.delete(line.id));
  lines.forEach((line) => held_back.add(line.id));
  const what = told(step.action.words);
  const words = tr(`${lines.length} 件“${what}”还没发出，${UNDO_SECONDS} 秒后发出。`, `“${what}” on ${lines.length} cases has not been sent yet; it goes in ${UNDO_SECONDS} s.`);
  do_unless_undone(words, UNDO_SECONDS, () => void send(what, lines, order).finally(free).then(after), free);
}

async function send(what: string, lines: readonly CaseLine[], order: Order): Promise<void> {
  const body = { cases: lines.map(({ id, version }) => ({ id, version })), act: order };
  try {
    // Whoever closes the page has not taken it back: the request outlives the page.
    tell(what, lines, await ask(api.POST("/api/cases/actions", { body, keepalive: true })));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    say_failed(tr(`“${what}”没有办成：${refusal.message}`, `“${what}” did not work: ${refusal.message}`));
  }
}

function tell(what: string, lines: readonly CaseLine[], answer: Schema["ManyDone"]): void {
  const why = new Map(answer.refused.map((one) => [one.id, problem_words(one.problem)]));
  say_done(tr(`“${what}”：办成 ${answer.done.length} 件，没办成 ${answer.refused.length} 件。`, `“${what}”: ${answer.done.length} done, ${answer.refused.length} not.`));
  outcome.value = { words: what, lines: lines.map((line) => ({ number: line.number, done: !why.has(line.id), why: why.get(line.id) ?? "" })) };
}

function problem_words(problem: Schema["Problem"]): string {
  return tr(problem.title, problem.title_en ?? problem.title);
}
