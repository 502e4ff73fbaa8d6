// The addresses of the admin face. What lies below a place opens with it; one tab of the rules needs a permission of its own.
import type { RouteRecordRaw } from "vue-router";
import { words_of } from "./places";
import { tr } from "../../lib/words";

function meta(place: string, title?: () => string): { title: () => string; place: string } {
  return { title: title ?? (() => words_of(place)), place };
}

const account = () => tr("账号", "Account");
const rules = { children: [
  { path: "", redirect: "/rules/types" },
  { path: "types", component: () => import("../../capabilities/cases/admin/Types.vue"), meta: { title: () => tr("事项类型", "Types of case") } },
  { path: "duty-lists", component: () => import("../../capabilities/cases/admin/DutyLists.vue"), meta: { title: () => tr("责任清单", "Duty lists") } },
  { path: "workflow", component: () => import("../../capabilities/cases/admin/Workflow.vue"), meta: { title: () => tr("办理流程", "Workflow") } },
  { path: "dry-run", component: () => import("../../capabilities/cases/admin/DryRun.vue"), meta: { title: () => tr("派单试算", "Trial of routing"), needs: "cases.dry_run" } },
  { path: "working-days", component: () => import("../../capabilities/cases/admin/WorkingDays.vue"), meta: { title: () => tr("工作日历", "Working days") } },
] };

const basis = { children: [
  { path: "", redirect: "/basis/kept" },
  { path: "kept", component: () => import("../../capabilities/registry/admin/Kept.vue"), meta: { title: () => tr("登记什么、依据什么", "What is kept, by what right") } },
  { path: "notices", component: () => import("../../capabilities/registry/admin/Notices.vue"), meta: { title: () => tr("告知书", "Notices") } },
  { path: "impact", component: () => import("../../capabilities/registry/admin/Impact.vue"), meta: { title: () => tr("个人信息保护影响评估", "Privacy impact") } },
  { path: "sweeps", component: () => import("../../capabilities/registry/admin/Sweeps.vue"), meta: { title: () => tr("到期清除", "Sweeps") } },
] };

export const routes: RouteRecordRaw[] = [
  { path: "/", component: () => import("./Home.vue"), meta: { title: () => tr("管理首页", "Administration") } },
  { path: "/people", component: () => import("../../capabilities/identity/admin/People.vue"), meta: meta("/people") },
  { path: "/people/:account", component: () => import("../../capabilities/identity/admin/Account.vue"), meta: meta("/people", account) },
  { path: "/posts", component: () => import("../../capabilities/territory/admin/Posts.vue"), meta: meta("/posts") },
  { path: "/organisations", component: () => import("../../capabilities/territory/admin/Organisations.vue"), meta: meta("/organisations") },
  { path: "/hand-over", component: () => import("../../capabilities/territory/admin/HandOver.vue"), meta: meta("/hand-over") },
  { path: "/areas", component: () => import("../../capabilities/territory/admin/Areas.vue"), meta: meta("/areas") },
  { path: "/areas/import", component: () => import("../../capabilities/territory/admin/ImportAreas.vue"), meta: meta("/areas", () => tr("导入区域边界", "Import areas")) },
  { path: "/areas/:code", component: () => import("../../capabilities/territory/admin/Area.vue"), meta: meta("/areas", () => tr("区域", "Area")) },
  { path: "/keys", component: () => import("../../capabilities/identity/admin/ServiceKeys.vue"), meta: meta("/keys") },
  { path: "/broker", component: () => import("../../capabilities/linkage/sensors/BrokerPage.vue"), meta: meta("/broker") },
  { path: "/health", component: () => import("../../capabilities/server/admin/Health.vue"), meta: meta("/health") },
  { path: "/messages", component: () => import("../../capabilities/messages/admin/Messages.vue"), meta: meta("/messages") },
  { path: "/roles", component: () => import("../../capabilities/identity/admin/Roles.vue"), meta: meta("/roles") },
  { path: "/grants", component: () => import("../../capabilities/identity/admin/Grants.vue"), meta: meta("/grants") },
  { path: "/see-as", component: () => import("../../capabilities/identity/admin/SeeAs.vue"), meta: meta("/see-as") },
  { path: "/alarms", component: () => import("../../capabilities/registry/admin/Alarms.vue"), meta: meta("/alarms") },
  { path: "/audit", component: () => import("../../capabilities/identity/admin/Audit.vue"), meta: meta("/audit") },
  { path: "/basis", component: () => import("../../capabilities/registry/admin/Basis.vue"), meta: meta("/basis"), ...basis },
  { path: "/rules", component: () => import("../../capabilities/cases/admin/Rules.vue"), meta: meta("/rules"), ...rules },
  { path: "/:rest(.*)*", component: () => import("./NotFound.vue"), meta: { title: () => tr("没有这个页面", "No such page") } },
];
