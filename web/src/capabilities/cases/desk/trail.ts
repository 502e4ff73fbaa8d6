// The list a case was opened from, so that the next one is a key away; kept for this tab.
const KEY = "mulin.desk.trail";

export interface Trail {
  /** The address of the list. */
  from: string;
  numbers: string[];
}

export function leave_trail(trail: Trail): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(trail));
  } catch {
    // Without storage there is no "next": the list itself is still there.
  }
}

export function read_trail(): Trail | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Trail | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The neighbours of a case in the list it was opened from. */
export function around(number: string, trail: Trail | undefined): { at: number; of: number; before?: string; next?: string } | undefined {
  const at = trail?.numbers.indexOf(number) ?? -1;
  if (!trail || at < 0) return undefined;
  const [before, next] = [trail.numbers[at - 1], trail.numbers[at + 1]];
  return { at: at + 1, of: trail.numbers.length, ...(before && { before }), ...(next && { next }) };
}
