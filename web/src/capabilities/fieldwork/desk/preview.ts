// A form that is tried out beside its questions: it opens where the chosen one is, and what was answered before a change is still answered.
import { Answers, type Json } from "../../../forms/answers";
import type { Scene } from "../../../forms/evaluate";
import type { Form } from "../../../forms/form";
import { Plan } from "../../../forms/plan";
import { moment_of } from "../fill/filling";
import { preview_host, type FillHost, type Kept } from "../fill/host";
import { pages_of } from "../fill/pages";
import { form_language } from "./forms";

/** A host that begins with `kept`, and hands on what is answered. */
export function trial_host(kept: Kept | undefined, answered: (answers: Json) => void): FillHost {
  return {
    ...preview_host(),
    read_draft: () => Promise.resolve(kept),
    write_draft: (now) => Promise.resolve(answered(now.answers)),
  };
}

/** Where a trial begins, and whether the question it was to begin at is asked at all as things are answered. */
export interface Beginning {
  kept: Kept;
  is_asked: boolean;
}

/**
 * The page of the question at a path, with the answers so far.
 * @throws ExpressionFault where a rule of the form cannot be read
 */
export function begin_trial(form: Form, path: readonly string[] | undefined, before: Json | undefined): Beginning {
  const plan = new Plan(form);
  const scene: Scene = { now: moment_of(Date.now()), language: form_language(), seed: 0 };
  const answers = before === undefined ? Answers.begin(plan, scene) : Answers.of_json(plan, before);
  if (before !== undefined) answers.settle_whole(scene);
  const pages = pages_of(answers.root, plan.top, answers.world(scene), () => false);
  const wanted = path && plan.find_path(`/${path.join("/")}`);
  const within = new Set(wanted ? plan.within(wanted) : []);
  const at = pages.findIndex((page) => (page.is === "ask" ? page.nodes.some((node) => within.has(node.item!)) : page.is === "again" && within.has(page.repeat)));
  return { kept: { version: form.version, answers: answers.to_json(false), at: Math.max(0, at) }, is_asked: !wanted || at >= 0 };
}
