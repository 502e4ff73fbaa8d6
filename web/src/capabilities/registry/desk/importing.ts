// A table on its way into the register: how far it is, and what one may do with it now.
import { onScopeDispose, watch } from "vue";
import { api, ask, type Schema } from "../../../client/api";
import type { Query } from "../../../lib/query";
import { tr } from "../../../lib/words";

export type Batch = Schema["BatchView"];
export type Table = Schema["Table"];
/** A sheet of a workbook, and how its heads are read; nothing where it has none. */
export type Sheet = Schema["SheetView"];

export const TABLES: readonly [Table, () => string][] = [
  ["people", () => tr("人和住处（一行一人）", "People with their homes")],
  ["homes", () => tr("房屋", "Homes")],
  ["organisations", () => tr("单位", "Organisations")],
  ["things", () => tr("设施部件", "Things")],
];
export const table_words = (table: Table): string => TABLES.find(([key]) => key === table)?.[1]() ?? table;

const UNDER_WAY: readonly Batch["state"][] = ["checking", "saving", "undoing"];
export const is_under_way = (batch: Batch): boolean => UNDER_WAY.includes(batch.state);

export function state_words(state: Batch["state"]): string {
  switch (state) {
    case "sent": return tr("等您确认各列", "its columns are to be confirmed");
    case "checking": return tr("正在检查", "being checked");
    case "checked": return tr("已检查，还没有保存", "checked, nothing saved yet");
    case "saving": return tr("正在保存", "being saved");
    case "saved": return tr("已保存", "saved");
    case "undoing": return tr("正在撤销", "being taken back");
    case "undone": return tr("已撤销", "taken back");
    case "stopped": return tr("停下了", "stopped");
    case "dropped": return tr("已丢弃", "thrown away");
  }
}

const at = (id: string) => ({ params: { path: { id } } });

export function send_table(table: Table, file: File): Promise<Batch> {
  const form = new FormData();
  form.append("table", table);
  form.append("file", file, file.name);
  return ask(api.POST("/api/registry/imports", { body: form as never, bodySerializer: (body: unknown) => body as FormData }));
}
export const list_tables = (): Promise<Batch[]> => ask(api.GET("/api/registry/imports"));
export const find_table = (id: string): Promise<Batch> => ask(api.GET("/api/registry/imports/{id}", at(id)));
export const list_sheets = (id: string): Promise<Sheet[]> => ask(api.GET("/api/registry/imports/{id}/sheets", at(id)));
export const check_table = (batch: Batch, sheet: number, mapping: Schema["Mapping"]): Promise<Batch> => ask(api.POST("/api/registry/imports/{id}/check", { ...at(batch.id), body: { sheet, mapping } }));
export const save_table = (id: string, takes_conflicts: boolean): Promise<Batch> => ask(api.POST("/api/registry/imports/{id}/save", { ...at(id), body: { takes_conflicts } }));
export const undo_table = (id: string): Promise<Batch> => ask(api.POST("/api/registry/imports/{id}/undo", at(id)));
export const drop_table = (id: string): Promise<Batch> => ask(api.DELETE("/api/registry/imports/{id}", at(id)));

/** Asks again every second while a table is under way. */
const LOOK_MS = 1000;
export function follow(query: Query<Batch>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(() => query.data, (batch) => {
    clearTimeout(timer);
    if (batch && is_under_way(batch)) timer = setTimeout(() => void query.reload(), LOOK_MS);
  }, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
}

/** What a kind of fault is called: as its first row says it. */
export function trouble_words(batch: Batch, code: string): Batch["report"]["first"][number]["words"] | undefined {
  return batch.report.first.find((row) => row.code === code)?.words;
}
