// Copies taken along: what may be in one, and how the file reaches the person's disk.
import { api, ask, type Schema } from "../../../client/api";
import { told, tr } from "../../../lib/words";
import { fields_of, purpose_of } from "../shared/kinds";
import { purpose } from "../shared/purpose";
import { save_file } from "./files";

export type Exported = "person" | "dwelling" | "place" | "organisation" | "thing";
export type Format = Schema["Format"];

export const EXPORTED: readonly [Exported, () => string][] = [
  ["person", () => tr("人", "People")],
  ["dwelling", () => tr("房屋", "Homes")],
  ["place", () => tr("地址", "Places")],
  ["organisation", () => tr("单位", "Organisations")],
  ["thing", () => tr("设施部件", "Things")],
];
export const FORMATS: readonly [Format, () => string][] = [
  ["xlsx", () => tr("电子表格 XLSX", "Spreadsheet, XLSX")],
  ["csv", () => tr("文本表 CSV", "Text table, CSV")],
  ["jsonl", () => tr("给其他系统 JSON", "For other systems, JSON")],
];

export interface CopyColumn {
  key: string;
  words: string;
  sealed: boolean;
}

/** The columns of a copy, in its order: where, the values of the catalogue, and what else its line tells. */
export function columns_of(kind: Exported): CopyColumn[] {
  const plain = (key: string, words: string): CopyColumn => ({ key, words, sealed: false });
  return [
    plain("area_code", tr("网格编码", "Grid code")),
    plain("area_name", tr("网格", "Grid")),
    ...fields_of(kind).map((field) => ({ key: field.key, words: told(field.words), sealed: field.sealed })),
    plain("address", tr("地址", "Address")),
    ...(kind === "person" ? [plain("residence_kind", tr("居住类别", "Kind of residence")), plain("relation", tr("与户主关系", "Relation to the head"))] : []),
    ...(kind === "place" || kind === "thing" ? [plain("lon", tr("经度", "Longitude")), plain("lat", tr("纬度", "Latitude"))] : []),
  ];
}

/** Whether the present purpose opens a sealed column; a contact of an organisation opens as a person's does. */
export function is_opened_by(key: string): boolean {
  return purpose_of(purpose.value)?.opens.includes(key === "contact" ? "emergency_contact" : key) ?? false;
}

/** Takes the copy and saves it; answers its rows. */
export async function export_records(body: Schema["ExportBody"]): Promise<number> {
  let name = "";
  let rows = 0;
  const call = api.POST("/api/registry/exports", { body, parseAs: "blob" }).then((reply) => {
    name = /filename="([^"]+)"/.exec(reply.response.headers.get("content-disposition") ?? "")?.[1] ?? `export.${body.format}`;
    rows = Number(reply.response.headers.get("x-rows") ?? 0);
    return reply;
  });
  save_file(await ask(call as never as Promise<{ data?: Blob; error?: unknown; response: Response }>), name);
  return rows;
}
