// What was looked for last, so that coming back from a home shows the list again; it is never kept on the phone.

export const last_typed = { words: "" };
