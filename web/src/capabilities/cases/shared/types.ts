// The types of cases that people are offered, read once a page.
import { api, ask, type Schema } from "../../../client/api";
import type { Words } from "../../../lib/words";

/** A question of a type, as the catalogue has it. */
export interface Question extends Words {
  code: string;
  /** `string`, `number`, `datetime`, `text`, `singlevaluelist`, `multivaluelist`: the kinds of Open311. */
  datatype: string;
  required: boolean;
  values?: ({ key: string } & Words)[];
}

export type CaseType = Omit<Schema["TypeView"], "questions"> & { questions: Question[] };

let asked: Promise<CaseType[]> | undefined;

export function list_types(): Promise<CaseType[]> {
  asked ??= (ask(api.GET("/api/cases/types")) as Promise<unknown> as Promise<CaseType[]>).catch((refusal: unknown) => {
    asked = undefined;
    throw refusal;
  });
  return asked;
}
