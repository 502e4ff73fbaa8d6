// The draft of a report, kept on this phone until it is filed. Photos, names and phone numbers are not: the phone may be shared.

const KEY = "mulin.draft.report";
const DAYS_MAX = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What is kept of a report; `saved_at` in milliseconds since 1970. */
export interface Draft {
  words: string;
  type: string;
  place_kind: string;
  lon: string;
  lat: string;
  address: string;
  grid: string;
  place_said: string;
  client_id: string;
  saved_at: number;
}

export function load_draft(now_ms: number): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? "null") as Draft | null;
    if (!draft || now_ms - draft.saved_at > DAYS_MAX * DAY_MS) return null;
    return draft.words || draft.address || draft.lon ? draft : null;
  } catch {
    return null;
  }
}

export function save_draft(draft: Draft): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A full or forbidden storage costs the draft, never the report.
  }
}

export function drop_draft(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

/** On the receipt: what was filed need not be kept. */
export function clear_draft_when_filed(): void {
  if (document.querySelector('[data-draft-clear="report"]')) drop_draft();
}
