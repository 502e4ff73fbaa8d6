// A value between how it is kept, how its field is filled in, and what is sent: one place for every shape of the catalogue.
import type { Schema } from "../../../client/api";
import { tr } from "../../../lib/words";

export type Shape = Schema["Shape"];

export interface DocumentEntry {
  kind: string;
  number: string;
  until?: string;
}

export interface ContactEntry {
  name: string;
  phone: string;
  relation?: string;
}

/** What stands in the field while it is filled in. */
export type Typed = string | string[] | DocumentEntry[] | ContactEntry | Record<string, string>;

/** Kinds of documents, by the codes of the server; it guesses the kind of a bare number. */
export const DOCUMENT_KINDS: readonly [string, () => string][] = [
  ["", () => tr("按号码判断", "by the number")],
  ["resident_id", () => tr("居民身份证", "Identity card")],
  ["old_resident_id", () => tr("15 位旧身份证", "Old identity card")],
  ["hong_kong_macao_permit", () => tr("回乡证", "Hong Kong and Macao permit")],
  ["taiwan_permit", () => tr("台胞证", "Taiwan permit")],
  ["hmt_residence_permit", () => tr("港澳台居民居住证", "Residence permit (HK, Macao, Taiwan)")],
  ["foreign_permanent_resident", () => tr("外国人永久居留身份证", "Permanent resident card")],
  ["passport", () => tr("护照", "Passport")],
  ["household_book", () => tr("户口簿", "Household book")],
  ["disability_card", () => tr("残疾人证", "Disability card")],
  ["other", () => tr("其他证件", "Other")],
];

/** Kept in 0.01 m². */
const AREA_UNITS = 100;

/** An empty field of a shape. */
export function empty_of(shape: Shape): Typed {
  switch (shape) {
    case "choices": return [];
    case "documents": return [{ kind: "", number: "" }];
    case "contact": return { name: "", phone: "" };
    case "details": return {};
    default: return "";
  }
}

/** A kept value as its field shows it. */
export function typed_of(shape: Shape, value: unknown): Typed {
  if (value === undefined || value === null) return empty_of(shape);
  switch (shape) {
    case "area": return String(Number(value) / AREA_UNITS);
    case "names":
    case "phones": return (value as string[]).join("\n");
    case "choices": return [...(value as string[])];
    case "documents": return (value as DocumentEntry[]).map((one) => ({ ...one }));
    case "contact": return { ...(value as ContactEntry) };
    case "details": return { ...(value as Record<string, string>) };
    case "yes": return value === true ? "yes" : "no";
    default: return String(value);
  }
}

const lines = (text: string): string[] => text.split(/\n|、|；|;/).map((line) => line.trim()).filter(Boolean);
const or_null = <T>(list: T[]): T[] | null => (list.length > 0 ? list : null);

/** What is sent for a field; null where it was left empty. The server checks it. */
export function sent_of(shape: Shape, typed: Typed): unknown {
  switch (shape) {
    case "names":
    case "phones": return or_null(lines(typed as string));
    case "choices": return or_null(typed as string[]);
    case "documents": return or_null((typed as DocumentEntry[]).filter((one) => one.number.trim() !== "").map(sent_document));
    case "contact": return (typed as ContactEntry).name.trim() || (typed as ContactEntry).phone.trim() ? typed : null;
    case "details": return Object.keys(typed).length > 0 ? typed : null;
    default: return (typed as string).trim() || null;
  }
}

function sent_document({ kind, number, until }: DocumentEntry): Partial<DocumentEntry> {
  return { number: number.trim(), ...(kind && { kind }), ...(until && { until }) };
}
