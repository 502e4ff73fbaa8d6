// Versions of duty lists, as the office writes, lays out and publishes them.
import { api, ask, type Schema } from "../../../client/api";
import { tr } from "../../../lib/words";

export type Book = Schema["DutyBook"];
export type Version = Schema["DutyVersionView"];
export type Line = Schema["DutyVersionLine"];
export type Content = Schema["DutyContent"];
export type Item = Schema["DutyItem"];
export type ItemChange = Schema["DutyItemChange"];
export type Trial = { cases: number; unchanged: number; co_hosts_changed: number; withheld: number; moves: { type_code: string; type_words: { zh: string; en: string }; from_words: { zh: string; en: string }; to_words: { zh: string; en: string }; cases: number; samples: string[] }[] };

const by_id = (id: string) => ({ params: { path: { id } } });

export const show_book = (): Promise<Book> => ask(api.GET("/api/cases/duties"));
export const draft = (list: string, from?: string): Promise<Version> => ask(api.POST("/api/cases/duties/{list}/versions", { params: { path: { list } }, body: { ...(from && { from }) } }));
export const show_version = (id: string): Promise<Version> => ask(api.GET("/api/cases/duties/versions/{id}", by_id(id)));
export const change = (id: string, version: number, content: Content): Promise<Version> => ask(api.PUT("/api/cases/duties/versions/{id}", { ...by_id(id), body: { version, content } }));
/** The items of a table in the place of the draft's. */
export function bring_table(id: string, version: number, file: File): Promise<Version> {
  const form = new FormData();
  form.append("version", String(version));
  form.append("file", file);
  return ask(api.POST("/api/cases/duties/versions/{id}/table", { ...by_id(id), body: form as never, bodySerializer: (body) => body as never }));
}
export const lay_out = (id: string, version: number): Promise<Version> => ask(api.POST("/api/cases/duties/versions/{id}/lay-out", { ...by_id(id), body: { version } }));
export const take_back = (id: string, version: number): Promise<Version> => ask(api.POST("/api/cases/duties/versions/{id}/take-back", { ...by_id(id), body: { version } }));
export const withdraw = (id: string, version: number): Promise<Version> => ask(api.POST("/api/cases/duties/versions/{id}/withdraw", { ...by_id(id), body: { version } }));
export const publish = (id: string, body: Schema["PublishDuties"]): Promise<Version> => ask(api.POST("/api/cases/duties/versions/{id}/publish", { ...by_id(id), body }));
export const object = (id: string, number: string, reason: string): Promise<unknown> => ask(api.POST("/api/cases/duties/versions/{id}/objections", { ...by_id(id), body: { number, reason } }));
export const rule = (id: string, objection: string, sustained: boolean, words: string): Promise<unknown> => ask(api.POST("/api/cases/duties/versions/{id}/objections/{objection}/ruling", { params: { path: { id, objection } }, body: { sustained, words } }));
export const try_out = (id: string, days: number): Promise<Trial> => ask(api.POST("/api/cases/duties/versions/{id}/trial", { ...by_id(id), body: { days } })) as unknown as Promise<Trial>;

export function state_words(state: string): string {
  return ({ draft: tr("草稿", "Draft"), laid_out: tr("公示中", "Laid out"), published: tr("已发布", "Published"), withdrawn: tr("已撤销", "Withdrawn") })[state] ?? state;
}
export const tone_of = (state: string): string => ({ laid_out: "warn", published: "good" })[state] ?? "";

export function field_words(field: string): string {
  return ({ words: tr("事项", "matter"), who: tr("谁来办", "who answers"), basis: tr("依据", "basis"), types: tr("事项类型", "types"), effective_until: tr("失效日期", "end"), source: tr("来源", "source"), number: tr("编号", "number"), "words.zh": tr("中文", "Chinese"), "words.en": tr("英文", "English"), items: tr("清单", "the list") })[field] ?? field;
}

/** The number after the last one of a chapter: "3.7" after "3.6". */
export function next_number(items: readonly Item[]): string {
  const last = items[items.length - 1]?.number ?? "1.0";
  const parts = last.split(".");
  parts[parts.length - 1] = String(Number(parts[parts.length - 1]) + 1);
  return parts.join(".");
}
