// Two records beside each other: which values differ, and which are lists that keep what both have.
import { fields_of } from "../shared/kinds";
import { field_of, type FieldView, type RecordView } from "../shared/record";
import { told } from "../../../lib/words";

export interface Pair {
  key: string;
  words: string;
  left: FieldView | undefined;
  right: FieldView | undefined;
  /** Both have a value, and not the same: somebody chooses. */
  differs: boolean;
  /** A list: what both have is kept. */
  is_joined: boolean;
  is_sealed: boolean;
}

const LISTS = new Set(["names", "choices", "documents", "phones"]);

/** The values either has, in the order of the catalogue. */
export function pairs_of(left: RecordView, right: RecordView): Pair[] {
  return fields_of(left.kind).flatMap((field) => {
    const [mine, theirs] = [field_of(left, field.key), field_of(right, field.key)];
    if (!mine && !theirs) return [];
    const differs = mine !== undefined && theirs !== undefined && told(mine.shown) !== told(theirs.shown);
    return [{ key: field.key, words: told(field.words), left: mine, right: theirs, differs, is_joined: LISTS.has(field.shape), is_sealed: field.sealed }];
  });
}
