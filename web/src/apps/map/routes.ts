// The addresses of the map face.
import type { RouteRecordRaw } from "vue-router";
import { tr } from "../../lib/words";

export const routes: RouteRecordRaw[] = [
  { path: "/", component: () => import("../../capabilities/cases/map/Overview.vue"), meta: { title: () => tr("一张图", "District map") } },
  { path: "/table", component: () => import("../../capabilities/cases/map/Table.vue"), meta: { title: () => tr("表格", "Tables") } },
  { path: "/wall", component: () => import("../../capabilities/cases/map/Wall.vue"), meta: { title: () => tr("大屏", "Wall"), bare: true } },
  { path: "/:rest(.*)*", redirect: "/" },
];
