// The addresses of the desk face.
import type { RouteRecordRaw } from "vue-router";
import { queue_words, QUEUES } from "../../capabilities/cases/desk/queue";
import Queue from "../../capabilities/cases/desk/Queue.vue";
import { tr } from "../../lib/words";

export const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/mine" },
  ...QUEUES.map((name) => ({ path: `/${name}`, component: Queue, props: { name }, meta: { title: () => queue_words(name) } })),
  { path: "/case/:number", component: () => import("../../capabilities/cases/desk/Case.vue"), props: true, meta: { title: () => tr("办件", "Case") } },
  { path: "/report", component: () => import("../../capabilities/cases/desk/Assist.vue"), meta: { title: () => tr("代人上报", "Report for a caller") } },
  { path: "/search", component: () => import("../../capabilities/cases/desk/Search.vue"), meta: { title: () => tr("搜索", "Search") } },
  { path: "/:rest(.*)", component: () => import("./NotFound.vue"), meta: { title: () => tr("没有这一页", "No such page") } },
];
