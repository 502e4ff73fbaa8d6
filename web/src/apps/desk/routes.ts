// The addresses of the desk face.
import type { RouteRecordRaw } from "vue-router";
import { queue_words, QUEUES } from "../../capabilities/cases/desk/queue";
import Queue from "../../capabilities/cases/desk/Queue.vue";
import { tr } from "../../lib/words";

const register = { children: [
  { path: "", component: () => import("../../capabilities/registry/desk/Search.vue"), meta: { title: () => tr("查找登记", "Find in the register") } },
  { path: "people/:id", component: () => import("../../capabilities/registry/desk/Person.vue"), props: true, meta: { title: () => tr("人", "Person") } },
  { path: "homes/:id", component: () => import("../../capabilities/registry/desk/Home.vue"), props: true, meta: { title: () => tr("一户", "Home") } },
  { path: "buildings/:id", component: () => import("../../capabilities/registry/desk/Building.vue"), props: true, meta: { title: () => tr("楼栋图", "Building") } },
  { path: "records/:id", component: () => import("../../capabilities/registry/desk/Record.vue"), props: true, meta: { title: () => tr("登记", "Record") } },
  { path: "plates/:code", component: () => import("../../capabilities/registry/desk/Plate.vue"), props: true, meta: { title: () => tr("牌号", "Plate") } },
  { path: "stale", component: () => import("../../capabilities/registry/desk/Stale.vue"), meta: { title: () => tr("待核实", "To confirm") } },
  { path: "import", component: () => import("../../capabilities/registry/desk/Import.vue"), meta: { title: () => tr("导入表格", "Import a table") } },
  { path: "import/:id", component: () => import("../../capabilities/registry/desk/ImportTable.vue"), props: true, meta: { title: () => tr("导入表格", "Import a table") } },
  { path: "export", component: () => import("../../capabilities/registry/desk/Export.vue"), meta: { title: () => tr("导出", "Export") } },
  { path: "affected", component: () => import("../../capabilities/registry/desk/Affected.vue"), meta: { title: () => tr("影响到谁", "Who is affected") } },
  { path: "duplicates", component: () => import("../../capabilities/registry/desk/Duplicates.vue"), meta: { title: () => tr("疑似重复", "Duplicates") } },
  { path: "requests", component: () => import("../../capabilities/registry/desk/Requests.vue"), meta: { title: () => tr("本人请求", "Requests") } },
  { path: "requests/new", component: () => import("../../capabilities/registry/desk/PaperRequest.vue"), meta: { title: () => tr("代录纸面请求", "A request on paper") } },
  { path: "requests/:id", component: () => import("../../capabilities/registry/desk/Request.vue"), props: true, meta: { title: () => tr("本人请求", "Request") } },
  { path: "merge", component: () => import("../../capabilities/registry/desk/Merge.vue"), meta: { title: () => tr("合并", "Merge") } },
] };

export const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/mine" },
  ...QUEUES.map((name) => ({ path: `/${name}`, component: Queue, props: { name }, meta: { title: () => queue_words(name) } })),
  { path: "/case/:number", component: () => import("../../capabilities/cases/desk/Case.vue"), props: true, meta: { title: () => tr("办件", "Case") } },
  { path: "/report", component: () => import("../../capabilities/cases/desk/Assist.vue"), meta: { title: () => tr("代人上报", "Report for a caller") } },
  { path: "/search", component: () => import("../../capabilities/cases/desk/Search.vue"), meta: { title: () => tr("搜索", "Search") } },
  { path: "/register", component: () => import("../../capabilities/registry/desk/Register.vue"), ...register },
  { path: "/:rest(.*)", component: () => import("./NotFound.vue"), meta: { title: () => tr("没有这一页", "No such page") } },
];
