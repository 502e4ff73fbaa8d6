// What every control of a question is given; each takes what it needs.
import type { Choice, FormNode } from "../../../forms/form";
import type { FillHost } from "./host";

export interface ControlProps {
  id: string;
  node: FormNode;
  label: string;
  choices: readonly Choice[];
  language: string;
  host: FillHost;
  described?: string;
  invalid?: boolean;
}

/** Whether the form asks for this look (XLSForm's column `appearance`). */
export function has_look(node: FormNode, appearance: string): boolean {
  return node.appearance?.split(/\s+/).includes(appearance) ?? false;
}
