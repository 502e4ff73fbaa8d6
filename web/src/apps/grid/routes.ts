// The addresses of the worker's face.
import type { RouteRecordRaw } from "vue-router";
import { tr } from "../../lib/words";
import Today from "../../capabilities/fieldwork/grid/Today.vue";

export const routes: RouteRecordRaw[] = [
  { path: "/", component: Today, meta: { title: () => tr("今天", "Today") } },
  { path: "/task/:id", component: () => import("../../capabilities/fieldwork/grid/TaskPage.vue"), props: true, meta: { title: () => tr("任务", "Task") } },
  { path: "/patrol/:route", component: () => import("../../capabilities/fieldwork/grid/Patrol.vue"), props: true, meta: { title: () => tr("巡查", "Patrol") } },
  { path: "/forms", component: () => import("../../capabilities/fieldwork/grid/FormList.vue"), meta: { title: () => tr("填表单", "Forms") } },
  { path: "/fill/:id", component: () => import("../../capabilities/fieldwork/grid/FillScreen.vue"), props: true, meta: { title: () => tr("填表", "Form") } },
  { path: "/homes/:id", component: () => import("../../capabilities/fieldwork/grid/HomeScreen.vue"), props: true, meta: { title: () => tr("一户", "Home") } },
  { path: "/case/:number", component: () => import("../../capabilities/cases/grid/Task.vue"), props: true, meta: { title: () => tr("办件", "Case") } },
  { path: "/report", component: () => import("../../capabilities/cases/grid/Report.vue"), meta: { title: () => tr("上报", "Report") } },
  { path: "/day", component: () => import("../../capabilities/fieldwork/grid/Day.vue"), meta: { title: () => tr("日报", "Day report") } },
  { path: "/diary", component: () => import("../../capabilities/fieldwork/grid/Diary.vue"), meta: { title: () => tr("工作日志", "Diary") } },
  { path: "/stand-in", component: () => import("../../capabilities/fieldwork/grid/StandIn.vue"), meta: { title: () => tr("顶岗", "Standing in") } },
  { path: "/me", component: () => import("../../capabilities/identity/grid/Me.vue"), meta: { title: () => tr("我", "Me") } },
  { path: "/devices", component: () => import("../../capabilities/fieldwork/grid/Devices.vue"), meta: { title: () => tr("我的设备", "My phones") } },
  { path: "/phone", component: () => import("../../capabilities/fieldwork/grid/Device.vue"), meta: { title: () => tr("这部手机", "This phone") } },
  { path: "/phone/set-up", component: () => import("../../capabilities/fieldwork/grid/SetUp.vue"), meta: { title: () => tr("带上片区", "Carry your grids") } },
  { path: "/outbox", component: () => import("../../capabilities/fieldwork/grid/Outbox.vue"), meta: { title: () => tr("待发", "Outbox") } },
  { path: "/outbox/:id", component: () => import("../../capabilities/fieldwork/grid/ClashPage.vue"), props: true, meta: { title: () => tr("两边都改了", "Both changed it") } },
  { path: "/register", component: () => import("../../capabilities/fieldwork/grid/Homes.vue"), meta: { title: () => tr("住户", "Homes") } },
  { path: "/register/online", component: () => import("../../capabilities/registry/grid/Register.vue"), meta: { title: () => tr("登记", "Register") } },
  { path: "/register/people/:id", component: () => import("../../capabilities/registry/grid/Person.vue"), props: true, meta: { title: () => tr("人", "Person") } },
  { path: "/register/homes/:id", component: () => import("../../capabilities/registry/grid/Home.vue"), props: true, meta: { title: () => tr("一户", "Home") } },
  { path: "/register/buildings/:id", component: () => import("../../capabilities/registry/grid/Building.vue"), props: true, meta: { title: () => tr("楼栋图", "Building") } },
  { path: "/register/records/:id", component: () => import("../../capabilities/registry/grid/Record.vue"), props: true, meta: { title: () => tr("登记", "Record") } },
  { path: "/:rest(.*)", redirect: "/" },
];
