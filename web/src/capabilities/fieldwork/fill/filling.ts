// One form being filled in: its answers, the page one is on, what is wrong with it, and its draft. The engine keeps the answers; here
// it is told when to look again.
import { computed, onScopeDispose, ref, shallowReactive, shallowRef, type ComputedRef, type Ref } from "vue";
import { Answers } from "../../../forms/answers";
import { check, check_node, type AnswerFault } from "../../../forms/check";
import { moment_text, type Moment } from "../../../forms/date";
import { focus_on, type Scene } from "../../../forms/evaluate";
import { text_in, type Choice, type Form, type Text } from "../../../forms/form";
import { fill_known, type Prefilled } from "../../../forms/known";
import { offered, sentence } from "../../../forms/offer";
import { Plan, type Item } from "../../../forms/plan";
import type { TreeNode } from "../../../forms/tree";
import { is_english } from "../../../lib/words";
import { answer_words } from "./answer_words";
import { fault_words } from "./fault_words";
import type { FillHost, Filled, Kept } from "./host";
import { pages_of, type Page } from "./pages";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Shanghai, as everywhere in the house: minutes east of UTC. */
const OFFSET_MINUTES = 480;
const DRAFT_WAIT_MS = 250;
const FILES = new Set(["photo", "audio", "video", "file", "signature"]);

/** The device's own clock: what is filled in is told by it, and decides nothing. */
export function moment_of(ms: number): Moment {
  const here = ms + OFFSET_MINUTES * MINUTE_MS;
  const days = Math.floor(here / DAY_MS);
  return { days, millis: here - days * DAY_MS, offset: OFFSET_MINUTES };
}

/** A question as it is shown now. */
export interface Asked {
  label: string;
  hint: string;
  guidance: string;
  text: string;
  is_required: boolean;
  is_read_only: boolean;
  choices: Choice[];
}

/** Whether nothing of it would look different. */
export function is_same(one: Asked, other: Asked): boolean {
  const words: (keyof Asked)[] = ["label", "hint", "guidance", "text", "is_required", "is_read_only"];
  const are_same = (choice: Choice, at: number) => choice === other.choices[at];
  return words.every((key) => one[key] === other[key]) && one.choices.length === other.choices.length && one.choices.every(are_same);
}

export interface Filling {
  form: Form;
  answers: Answers;
  language: Ref<string>;
  pages: ComputedRef<Page[]>;
  page: ComputedRef<Page>;
  /** Of the open page, from 0. */
  index: ComputedRef<number>;
  asked(node: TreeNode): Asked;
  sentence_of(node: TreeNode): string;
  /** What was answered, in words. */
  words_of(node: TreeNode): string;
  set(node: TreeNode, text: string): void;
  /** What is wrong where somebody tried to go on. */
  problem(node: TreeNode): string | undefined;
  /** Shown and not asked, with when it was confirmed; also of what is asked because it is stale. */
  known(node: TreeNode): Prefilled | undefined;
  /** The resident says that it is not so any more: ask. */
  doubt(node: TreeNode): void;
  /** To the next page; stays, and says why, where something on this one does not hold. */
  next(): boolean;
  skip(): void;
  back(): void;
  go(key: number): void;
  /** Everything that does not hold. */
  faults(): AnswerFault[];
  add(parent: TreeNode, repeat: Item): void;
  remove(instance: TreeNode): void;
  filled(): Filled;
  save_now(): Promise<void>;
}

/** Begins, or goes on where `kept` ended. */
export function use_filling(form: Form, host: FillHost, kept?: Kept): Filling {
  const plan = new Plan(form);
  const language = ref(first_language(form));
  const seed = Math.floor(Math.random() * 2 ** 31);
  const scene = (): Scene => ({ now: moment_of(Date.now()), language: language.value, seed });
  const answers = kept ? Answers.of_json(plan, kept.answers) : Answers.begin(plan, scene());
  if (kept) answers.settle_whole(scene());
  const prefilled = fill_known(answers, scene(), (field) => host.known(field), !kept);
  /** Counts what happened to the answers, which are not reactive themselves. */
  const changes = ref(0);
  const doubted = shallowRef(new Set<TreeNode>());
  const problems = shallowRef(new Map<TreeNode, string>());

  const known = (node: TreeNode): Prefilled | undefined => {
    const found = prefilled.get(node.item!);
    return found && node.text === found.text && !doubted.value.has(node) ? found : undefined;
  };
  const is_shown_only = (node: TreeNode): boolean => known(node)?.is_asked === false;
  const pages = computed(() => {
    void changes.value;
    return pages_of(answers.root, plan.top, answers.world(scene()), is_shown_only);
  });
  const key = ref((pages.value[kept?.at ?? 0] ?? pages.value[0]!).key);
  let last_index = kept?.at ?? 0;
  const index = computed(() => {
    const found = pages.value.findIndex((page) => page.key === key.value);
    return found >= 0 ? found : Math.min(last_index, pages.value.length - 1);
  });
  const page = computed(() => pages.value[index.value]!);

  function changed(): void {
    changes.value += 1;
    save_later();
  }
  function turn_to(to: number): void {
    last_index = Math.max(0, Math.min(to, pages.value.length - 1));
    key.value = pages.value[last_index]!.key;
    problems.value = new Map();
    save_later();
  }

  const draft = (): Kept => ({ version: form.version, answers: answers.to_json(false), at: index.value });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save_now = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return host.write_draft(draft());
  };
  function save_later(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void save_now(), DRAFT_WAIT_MS);
  }
  const save_if_waiting = (): void => { if (timer !== undefined) void save_now(); };
  for (const leaving of ["pagehide", "visibilitychange"]) addEventListener(leaving, save_if_waiting);
  onScopeDispose(() => {
    save_if_waiting();
    for (const leaving of ["pagehide", "visibilitychange"]) removeEventListener(leaving, save_if_waiting);
  });

  /** Most words name no question, and cost nothing then. */
  function words_in(text: Text | undefined, node: TreeNode): string {
    const plain = text_in(text, language.value);
    return plain.includes("${") ? sentence(answers, text, node, scene()) : plain;
  }

  function asked(node: TreeNode): Asked {
    void changes.value;
    const world = answers.world(scene());
    const { node: definition, rules } = node.item!;
    const words = (part: "label" | "hint" | "guidance") => words_in(definition[part], node);
    return {
      label: words("label") || definition.name,
      hint: words("hint"),
      guidance: words("guidance"),
      text: node.text,
      is_required: rules.required ? world.bool(rules.required, focus_on(node)) : false,
      is_read_only: rules.read_only ? world.bool(rules.read_only, focus_on(node)) : false,
      choices: definition.list === undefined ? [] : offered(answers, node, world),
    };
  }

  /** Records that answers name, by their ids: what they are called is not in the answers. */
  const labels = shallowReactive(new Map<string, string>());
  function record_words(node: TreeNode): string {
    const id = node.text;
    if (id !== "" && !labels.has(id)) {
      labels.set(id, "");
      void host.find_record(kind_of(node), id).then((found) => labels.set(id, found?.label ?? id));
    }
    return labels.get(id) ?? "";
  }

  function next(): boolean {
    const found = faults_on(page.value);
    if (found.length === 0) turn_to(index.value + 1);
    else problems.value = new Map(found.map((fault) => [fault.node, fault_words(fault)]));
    return found.length === 0;
  }
  function faults_on(open: Page): AnswerFault[] {
    if (open.is !== "ask") return [];
    const world = answers.world(scene());
    return open.nodes.flatMap((node) => check_node(answers, node, world) ?? []);
  }

  return {
    form,
    answers,
    language,
    pages,
    page,
    index,
    asked,
    sentence_of: (node) => {
      void changes.value;
      return words_in(node.item?.node.label, node) || (node.item?.node.name ?? "");
    },
    words_of: (node) => {
      void changes.value;
      return node.item?.node.type === "look_up" ? record_words(node) : answer_words(answers, node, language.value);
    },
    set: (node, text) => {
      if (node.text === text) return;
      answers.set(node.address(), text, scene());
      if (problems.value.has(node)) problems.value = new Map([...problems.value].filter(([one]) => one !== node));
      changed();
    },
    problem: (node) => problems.value.get(node),
    known: (node) => {
      void changes.value;
      return known(node);
    },
    doubt: (node) => {
      doubted.value = new Set([...doubted.value, node]);
      changes.value += 1;
      const place = pages.value.find((one) => one.is === "ask" && one.nodes.includes(node));
      if (place) key.value = place.key;
    },
    next,
    skip: () => turn_to(index.value + 1),
    back: () => turn_to(index.value - 1),
    go: (to) => turn_to(pages.value.findIndex((one) => one.key === to)),
    faults: () => {
      void changes.value;
      return check(answers, scene());
    },
    add: (parent, repeat) => {
      const [grown] = answers.add_instance(`${parent.address()}/${repeat.node.name}`, scene());
      changed();
      const first = pages.value.findIndex((one) => one.is === "ask" && grown !== undefined && one.nodes.some((node) => node.is_within(grown)));
      turn_to(first >= 0 ? first : index.value);
    },
    remove: (instance) => {
      answers.remove_instance(instance.address(), scene());
      changed();
    },
    filled: () => {
      for (const item of plan.items) if (item.node.what === "end") answers.set(`/${item.names.join("/")}`, moment_text(scene().now), scene());
      return { version: form.version, answers: answers.to_json(true), files: files_below(answers.root) };
    },
    save_now,
  };
}

/** Files of what is asked. */
function files_below(node: TreeNode): Filled["files"] {
  return node.children().filter((child) => child.relevant).flatMap((child) => {
    const { type, nodes } = child.item!.node;
    if (nodes) return files_below(child);
    return FILES.has(type) && child.text ? [{ name: child.text, question: child.address() }] : [];
  });
}

/** The page's language where the form has it, else the form's own first. */
function first_language(form: Form): string {
  const codes = (form.languages ?? []).map((one) => one.code);
  const wanted = is_english() ? "en" : "zh";
  return codes.includes(wanted) ? wanted : (codes[0] ?? "und");
}

/** The kind of record a look-up names: `person` of `person.name`. */
function kind_of(node: TreeNode): string {
  return node.item?.node.field?.split(".")[0] ?? "";
}

export function form_title(form: Form, language: string): string {
  return text_in(form.title, language) || form.id;
}
