// The definition of a form as the server keeps it: crates/forms/src/form says what each part means.

/** By language: `zh`, `en`, or the name the form gives; `und` where it names none. */
export type Text = Record<string, string>;

export interface Form {
  format: number;
  id: string;
  version: string;
  title?: Text;
  languages?: { code: string; name: string }[];
  root?: string;
  instance_name?: string;
  style?: string;
  lists?: Record<string, Choice[]>;
  nodes: FormNode[];
}

export interface Choice {
  name: string;
  label?: Text;
  media?: Record<string, Text>;
  columns?: Record<string, string>;
}

export interface FormNode {
  name: string;
  type: string;
  label?: Text;
  hint?: Text;
  guidance?: Text;
  media?: Record<string, Text>;
  relevant?: string;
  required?: string;
  required_message?: Text;
  constraint?: string;
  constraint_message?: Text;
  calculation?: string;
  default?: string;
  read_only?: string;
  appearance?: string;
  register?: { prefill?: string; write?: string; fresh_days?: number };
  /** Of selects and ranks. */
  list?: string;
  filter?: string;
  /** Of groups and repeats. */
  nodes?: FormNode[];
  count?: string;
  /** Of places. */
  shape?: "point" | "trace" | "shape";
  /** Of ranges. */
  start?: number;
  end?: number;
  step?: number;
  /** Of what the device knows. */
  what?: string;
  /** Of register look-ups: `person.name`. */
  field?: string;
  pixels_max?: number;
}

/** The text in a language, else without a language, else in Chinese, else in any. */
export function text_in(text: Text | undefined, language: string): string {
  if (!text) return "";
  return text[language] ?? text.und ?? text.zh ?? Object.values(text)[0] ?? "";
}

/** Whether somebody is asked for it. */
export function is_question(node: FormNode): boolean {
  return !["group", "repeat", "note", "calculate", "hidden", "device"].includes(node.type);
}
