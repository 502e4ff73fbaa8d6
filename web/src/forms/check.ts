// What is wrong with an answer, and with all: twin of crates/forms/src/answers/{check,value}.rs. The server checks again.
import type { Answers } from "./answers";
import { parse_date, parse_time } from "./date";
import { focus_on, type Scene, type World } from "./evaluate";
import { ExpressionFault } from "./fault";
import { is_question, type FormNode } from "./form";
import { names } from "./functions";
import { ANSWER_CHARS_MAX } from "./limits";
import { offered, sentence } from "./offer";
import { parse_points } from "./place";
import type { TreeNode } from "./tree";

export interface AnswerFault {
  node: TreeNode;
  /** `answer.missing`, `answer.constraint`, `answer.wrong_type`, `answer.no_such_choice`, `answer.too_long`, or an expression's. */
  code: string;
  /** What the form says of it; empty where it says nothing. */
  message: string;
}

/** Everything that does not hold, in the order of the form. What is not asked is not checked. */
export function check(answers: Answers, scene: Scene): AnswerFault[] {
  const world = answers.world(scene);
  return check_below(answers, answers.root, world);
}

/** What is wrong with one question where it stands; `undefined` where nothing is. */
export function check_node(answers: Answers, node: TreeNode, world: World): AnswerFault | undefined {
  world.rest();
  const code = code_of(answers, node, world);
  if (!code) return undefined;
  const { required_message, constraint_message } = node.item!.node;
  const text = code === "answer.missing" ? required_message : code === "answer.constraint" ? constraint_message : undefined;
  return { node, code, message: sentence(answers, text, node, world.scene) };
}

function check_below(answers: Answers, above: TreeNode, world: World): AnswerFault[] {
  return above
    .children()
    .filter((node) => node.relevant)
    .flatMap((node) => {
      if (node.item!.node.nodes) return check_below(answers, node, world);
      return check_node(answers, node, world) ?? [];
    });
}

function code_of(answers: Answers, node: TreeNode, world: World): string | undefined {
  try {
    return trouble(answers, node, world);
  } catch (fault) {
    if (fault instanceof ExpressionFault) return fault.code;
    throw fault;
  }
}

function trouble(answers: Answers, node: TreeNode, world: World): string | undefined {
  const { node: definition, rules } = node.item!;
  const focus = focus_on(node);
  if (node.text === "") {
    // A calculation nobody is asked for cannot be made up for.
    const is_needed = rules.required && is_question(definition) && world.bool(rules.required, focus);
    return is_needed ? "answer.missing" : undefined;
  }
  if (Array.from(node.text).length > ANSWER_CHARS_MAX) return "answer.too_long";
  if (!fits_type(definition, node.text)) return "answer.wrong_type";
  if (!are_offered(answers, node, definition, world)) return "answer.no_such_choice";
  return rules.constraint && !world.bool(rules.constraint, focus) ? "answer.constraint" : undefined;
}

/** Every chosen name is offered; of a rank none twice. */
function are_offered(answers: Answers, node: TreeNode, definition: FormNode, world: World): boolean {
  if (definition.list === undefined) return true;
  const chosen = definition.type === "select_one" ? [node.text] : names(node.text);
  if (definition.type === "rank" && new Set(chosen).size < chosen.length) return false;
  const choices = offered(answers, node, world, (choice) => chosen.includes(choice.name));
  return chosen.every((name) => choices.some((choice) => choice.name === name));
}

const DECIMAL = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/;

/** ODK XForms specification, "Data types". */
function fits_type(node: FormNode, text: string): boolean {
  switch (node.type) {
    case "integer":
      return /^-?[0-9]{1,18}$/.test(text);
    case "decimal":
      return DECIMAL.test(text);
    case "range":
      return DECIMAL.test(text) && is_on_scale(node, Number(text));
    case "date":
      return parse_date(is_date_time(text) ? text.slice(0, 10) : text) !== undefined;
    case "time":
      return parse_time(text) !== undefined;
    case "date_time":
      return is_date_time(text);
    case "place":
      return fits_shape(node.shape, text);
    case "acknowledge":
      return text === "OK";
    case "photo":
    case "audio":
    case "video":
    case "file":
    case "signature":
      return !/[/\\\0]/.test(text) && text !== "." && text !== "..";
    default:
      return true;
  }
}

function is_date_time(text: string): boolean {
  return text.charAt(10) === "T" && parse_date(text.slice(0, 10)) !== undefined && parse_time(text.slice(11)) !== undefined;
}

/** A millionth of a step is taken for rounding. */
function is_on_scale({ start = 0, end = 0, step = 1 }: FormNode, number: number): boolean {
  const steps = (number - start) / step;
  return number >= Math.min(start, end) && number <= Math.max(start, end) && Math.abs(steps - Math.round(steps)) < 1e-6;
}

function fits_shape(shape: FormNode["shape"], text: string): boolean {
  const points = parse_points(text);
  if (!points) return false;
  if (shape === "point") return points.length === 1;
  if (shape === "trace") return points.length >= 2;
  const [first, last] = [points[0], points[points.length - 1]];
  return points.length >= 4 && first![0] === last![0] && first![1] === last![1];
}
