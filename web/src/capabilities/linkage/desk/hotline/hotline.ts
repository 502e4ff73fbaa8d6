// Work orders of hotlines on the desk: what came in and what became of it, a table checked before it is taken in, a period to take along.
import { api, ask, type Schema } from "../../../../client/api";
import { tr } from "../../../../lib/words";

export type WorkOrder = Schema["WorkOrderView"];
export type TableReport = Schema["TableReport"];
export type Hotline = Schema["HotlineView"];

const ROWS = 50;

export const list_hotlines = async (): Promise<Hotline[]> => (await ask(api.GET("/api/linkage/hotlines"))).items;
export const list_work_orders = (source: string, after?: string): Promise<Schema["WorkOrderPage"]> =>
  ask(api.GET("/api/linkage/work-orders", { params: { query: { limit: ROWS, ...(source && { source }), ...(after && { after }) } } }));

/** Checks a table, or takes it in. */
export function hand_in(source: string, file: File, dry_run: boolean): Promise<TableReport> {
  const form = new FormData();
  form.set("source", source);
  if (dry_run) form.set("dry_run", "true");
  form.set("file", file);
  return ask(api.POST("/api/linkage/work-orders/file", { body: form as never, bodySerializer: (body: unknown) => body as FormData }));
}

export const export_address = (from: string, to: string): string => `/api/linkage/work-orders/export?from=${from}&to=${to}`;

export const outcome_words = (outcome: WorkOrder["outcome"]): string => (outcome === "repeated" ? tr("答复原结果", "Earlier result") : tr("立为事件", "Filed"));

/** What becomes of the rows, in a sentence; nothing is said of what there is none. */
export function tally_words({ dry_run, rows, filed, repeated, known, refused }: TableReport): string {
  const parts: [number, string][] = dry_run
    ? [
        [filed, tr(`${filed} 件会立为事件`, `${filed} would become cases`)],
        [repeated, tr(`${repeated} 件会答复原结果`, `${repeated} get an earlier result`)],
        [known, tr(`${known} 件以前收过`, `${known} had been handed in before`)],
        [refused, tr(`${refused} 行有问题不收`, `${refused} do not hold`)],
      ]
    : [
        [filed, tr(`${filed} 件已立为事件`, `${filed} became cases`)],
        [repeated, tr(`${repeated} 件答复了原结果`, `${repeated} got an earlier result`)],
        [known, tr(`${known} 件以前收过`, `${known} had been handed in before`)],
        [refused, tr(`${refused} 行没有收`, `${refused} were not taken`)],
      ];
  const told = parts.filter(([count]) => count > 0).map(([, words]) => words);
  return tr(`共 ${rows} 行：${told.join("，")}。`, `${rows} rows: ${told.join(", ")}.`);
}

/** How a column is read: under which name here. */
export function field_words(field: string | null | undefined): string {
  switch (field) {
    case "number": return tr("工单编号", "number");
    case "received_at": return tr("受理时间", "received");
    case "kind": return tr("诉求类型", "kind");
    case "words": return tr("诉求内容", "what is wanted");
    case "address": return tr("地址", "address");
    case "lon": return tr("经度", "longitude");
    case "lat": return tr("纬度", "latitude");
    case "caller_name": return tr("来电人", "caller");
    case "caller_phone": return tr("联系电话", "phone");
    case "classification": return tr("分类", "class");
    case "promised_at": return tr("办理时限", "promised until");
    case "new_facts": return tr("有新情况", "new facts");
    default: return tr("不读", "not read");
  }
}
