// What the forms about cases may hold and offer, as the server says it: asked once for a page.
import { shallowRef, type ShallowRef } from "vue";
import { api, ask, Refusal, type Schema } from "../../../client/api";

export type Forms = Schema["FormsView"];

const forms = shallowRef<Forms>();
let asked: Promise<void> | undefined;

/** Undefined until the answer is there; without it a field has no limit of its own and the server's refusal says what is too much. */
export function use_forms(): Readonly<ShallowRef<Forms | undefined>> {
  asked ??= ask(api.GET("/api/cases/book/forms")).then((told) => {
    forms.value = told;
  }, (refusal: unknown) => {
    asked = undefined;
    if (!(refusal instanceof Refusal)) throw refusal;
  });
  return forms;
}
