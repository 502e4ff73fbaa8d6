// What people ask about their data, as the desk answers it: the queue, one with its words, the answer, what came on paper; and mandates.
import { api, ask, type Schema } from "../../../client/api";
import { new_id } from "../../../lib/ids";
import type { Words } from "../../../lib/words";
import type { Ask } from "../shared/basis";

export type RequestLine = Schema["RequestLine"];
/** What is about a person is marked in the description of the API and has no type there: here it has. */
export type RequestView = Omit<Schema["RequestView"], "label" | "present" | "asked" | "words" | "evidence" | "answer"> & {
  label: string;
  present: Words | null;
  asked: Words | null;
  words: string;
  evidence: string;
  answer: string | null;
};
export type Mandate = Schema["MandateView"];
/** The description of the API has no type for a value the catalogue decides. */
export type PaperRequest = Omit<Schema["PaperBody"], "value"> & { what: Ask; value?: unknown };

/** Sent twice, done once. */
const once = () => ({ "idempotency-key": new_id() });
const at = (id: string) => ({ params: { path: { id } } });

export const list_requests = (after: string) => ask(api.GET("/api/registry/requests", { params: { query: { ...(after && { after }) } } }));

/** With its words: a look at the person. */
export function show_request(id: string): Promise<RequestView> {
  return ask(api.GET("/api/registry/requests/{id}", at(id))) as Promise<unknown> as Promise<RequestView>;
}

export const decide_request = (id: string, body: Schema["DecideBody"]) => ask(api.POST("/api/registry/requests/{id}/decide", { ...at(id), body, headers: once() }));
export const take_down_request = (body: PaperRequest) => ask(api.POST("/api/registry/requests", { body: body as Schema["PaperBody"], headers: once() }));

export const list_mandates = (person: string) => ask(api.GET("/api/registry/people/{id}/mandates", at(person)));
export const grant_mandate = (person: string, body: Schema["MandateBody"]) => ask(api.POST("/api/registry/people/{id}/mandates", { ...at(person), body, headers: once() }));
export const end_mandate = (person: string, account: string) => ask(api.DELETE("/api/registry/people/{id}/mandates/{account}", { params: { path: { id: person, account } } }));
