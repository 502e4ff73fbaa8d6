// The last search of this page, so that coming back from a home shows the list again; it is never kept on the phone.
import type { FoundPage } from "../shared/find";

export const last: { q: string; found: FoundPage | undefined } = { q: "", found: undefined };
