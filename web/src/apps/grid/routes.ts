// The addresses of the worker's face.
import type { RouteRecordRaw } from "vue-router";
import { tr } from "../../lib/words";
import TaskList from "../../capabilities/cases/grid/TaskList.vue";

export const routes: RouteRecordRaw[] = [
  { path: "/", component: TaskList, meta: { title: () => tr("待办", "Tasks") } },
  { path: "/case/:number", component: () => import("../../capabilities/cases/grid/Task.vue"), props: true, meta: { title: () => tr("办件", "Case") } },
  { path: "/report", component: () => import("../../capabilities/cases/grid/Report.vue"), meta: { title: () => tr("上报", "Report") } },
  { path: "/day", component: () => import("../../capabilities/cases/grid/Day.vue"), meta: { title: () => tr("今天", "Today") } },
  { path: "/me", component: () => import("../../capabilities/identity/grid/Me.vue"), meta: { title: () => tr("我", "Me") } },
  { path: "/register", component: () => import("../../capabilities/registry/grid/Register.vue"), meta: { title: () => tr("住户", "Homes") } },
  { path: "/register/people/:id", component: () => import("../../capabilities/registry/grid/Person.vue"), props: true, meta: { title: () => tr("人", "Person") } },
  { path: "/register/homes/:id", component: () => import("../../capabilities/registry/grid/Home.vue"), props: true, meta: { title: () => tr("一户", "Home") } },
  { path: "/register/buildings/:id", component: () => import("../../capabilities/registry/grid/Building.vue"), props: true, meta: { title: () => tr("楼栋图", "Building") } },
  { path: "/register/records/:id", component: () => import("../../capabilities/registry/grid/Record.vue"), props: true, meta: { title: () => tr("登记", "Record") } },
  { path: "/:rest(.*)", redirect: "/" },
];
