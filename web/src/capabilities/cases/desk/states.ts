// The open states of a case, as the workflow names them: read once a page.
import { api, ask } from "../../../client/api";
import type { Words } from "../../../lib/words";

export interface State {
  name: string;
  words: Words;
}

let asked: Promise<State[]> | undefined;

async function read(): Promise<State[]> {
  const workflow = (await ask(api.GET("/api/cases/workflow", { params: { query: { format: "json" } } }))) as unknown as { state: (State & { final?: boolean })[] };
  return workflow.state.filter((state) => !state.final);
}

export function list_states(): Promise<State[]> {
  asked ??= read().catch((refusal: unknown) => {
    asked = undefined;
    throw refusal;
  });
  return asked;
}
