// The public notice: what is kept and by what right, what people may ask about it, on which grounds a desk says no, who may ask for another.
// Read once a page.
import { api, ask, type Schema } from "../../../client/api";
import { told, tr } from "../../../lib/words";

export type Basis = Schema["BasisView"];
export type Ask = Schema["Ask"];
export type Ground = Schema["GroundView"];

let asked: Promise<Basis> | undefined;

export function show_basis(): Promise<Basis> {
  asked ??= ask(api.GET("/api/registry/basis")).catch((refusal: unknown) => {
    asked = undefined;
    throw refusal;
  });
  return asked;
}

/** The grounds of a no to what is asked. */
export function grounds_of(basis: Basis, what: Ask): Ground[] {
  return basis.rights.grounds.filter((ground) => ground.of.includes(what));
}

/** As whom somebody may see a person's data: the person, or by which mandate. */
export function standing_words(basis: Basis | undefined, standing: string): string {
  if (standing === "self") return tr("本人", "The person");
  return told(basis?.rights.mandates.find((one) => one.key === standing)?.words) || standing;
}

/** Kinds of record that hang on a person, besides the person: what a request may concern. */
const OF_A_PERSON: readonly string[] = ["residence", "share", "service_fact"];

/** What a value is called that a request names by its key: of the person, or of something of theirs. */
export function asked_field_words(basis: Basis, key: string, is_of_person: boolean): string {
  const kinds = basis.kept.kinds.filter((one) => (is_of_person ? one.kind === "person" : OF_A_PERSON.includes(one.kind)));
  return told(kinds.flatMap((one) => one.fields).find((field) => field.key === key)?.words) || key;
}
