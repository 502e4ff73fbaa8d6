// Places of a face's bar, alone or under a common word.
export interface Place {
  to: string;
  words: string;
}

export interface PlaceGroup {
  key: string;
  words: string;
  places: readonly Place[];
}

/** Those of a group that are open to somebody: none leave no word, one stands for itself. */
export function grouped(group: PlaceGroup): (Place | PlaceGroup)[] {
  return group.places.length > 1 ? [group] : [...group.places];
}
