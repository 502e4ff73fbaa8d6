// Working together: helping steps and calls to the spot, by the server's own words for what may be done.
import { api, ask, keep_photos, type Schema } from "../../../client/api";

export type Help = Schema["HelpView"];
export type Call = Schema["CallView"];
export type Called = Schema["CalledView"];
export type Together = Schema["Together"];
export type JointDesk = Schema["JointDesk"];
export type CallFigures = Schema["CallFigures"];
export type Within = { amount: number; unit: string };

export const WORDS_CHARS_MAX = 500;

const by_id = (id: string) => ({ params: { path: { id } } });

export const show_together = (id: string): Promise<Together> => ask(api.GET("/api/cases/{id}/together", by_id(id)));
export const show_desk = (): Promise<JointDesk> => ask(api.GET("/api/cases/joint"));
export const show_call = (id: string): Promise<Call> => ask(api.GET("/api/cases/calls/{id}", by_id(id)));

export function ask_help(id: string, version: number, to: string, words: string, within: Within): Promise<Help> {
  return ask(api.POST("/api/cases/{id}/helpers", { ...by_id(id), body: { to, words, within: within as never, version } }));
}
export const answer_help = (id: string, accept: boolean, reason?: string): Promise<Help> => ask(api.POST("/api/cases/helps/{id}/answer", { ...by_id(id), body: { accept, ...(reason && { reason }) } }));
export async function finish_help(id: string, words: string, files: File[]): Promise<Help> {
  const photos = files.length > 0 ? await keep_photos(files) : undefined;
  return ask(api.POST("/api/cases/helps/{id}/finish", { ...by_id(id), body: { words, ...(photos && { photos }) } }));
}
export const release_help = (id: string, reason: string): Promise<Help> => ask(api.POST("/api/cases/helps/{id}/release", { ...by_id(id), body: { reason } }));

export const call_units = (id: string, body: Schema["CallUnits"]): Promise<Call> => ask(api.POST("/api/cases/{id}/calls", { ...by_id(id), body }));
export const answer_call = (id: string, coming: boolean, reason?: string): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/answer", { ...by_id(id), body: { coming, ...(reason && { reason }) } }));
export const note_arrival = (id: string, post: string, office: string): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/arrivals", { ...by_id(id), body: { post, office } }));
export const confirm_arrival = (id: string): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/confirmation", by_id(id)));
export const decide_call = (id: string, body: Schema["DecideCall"]): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/decision", { ...by_id(id), body }));
export const cancel_call = (id: string, reason: string): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/cancel", { ...by_id(id), body: { ...(reason && { reason }) } }));
export const review_call = (id: string, good: boolean, words: string, post?: string): Promise<Call> => ask(api.POST("/api/cases/calls/{id}/reviews", { ...by_id(id), body: { good, words, ...(post && { post }) } }));
export const count_calls = (days: number): Promise<CallFigures[]> => ask(api.GET("/api/cases/calls/figures", { params: { query: { days } } }));
export const list_calls = (days: number, post: string, outcome: string): Promise<Call[]> => ask(api.GET("/api/cases/calls", { params: { query: { days, ...(post && { post }), ...(outcome && { outcome: outcome as never }) } } }));

export const is_done = (one: Help): boolean => ["done", "declined", "released"].includes(one.state);
export const tone_of = (one: Help): string => (one.late ? "bad" : one.state === "done" ? "good" : one.state === "asked" ? "warn" : "");
export const tone_of_outcome = (outcome: string): string => ({ on_time: "good", late: "warn", absent: "bad", cannot: "warn" })[outcome] ?? "";
