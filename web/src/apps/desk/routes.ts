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

/** Fieldwork: its screens have addresses of their own below the face, and one bar of places. */
const fieldwork = { children: [
  { path: "", redirect: "/forms" },
  { path: "/forms", component: () => import("../../capabilities/fieldwork/desk/Forms.vue"), meta: { title: () => tr("表单", "Forms") } },
  { path: "/forms/new", component: () => import("../../capabilities/fieldwork/desk/editor/EditForm.vue"), meta: { title: () => tr("新表单", "New form") } },
  { path: "/forms/:id", component: () => import("../../capabilities/fieldwork/desk/FormPage.vue"), props: true, meta: { title: () => tr("表单", "Form") } },
  { path: "/forms/:id/versions/:number", component: () => import("../../capabilities/fieldwork/desk/FormPage.vue"), props: true, meta: { title: () => tr("表单", "Form") } },
  { path: "/forms/:id/versions/:number/edit", component: () => import("../../capabilities/fieldwork/desk/editor/EditForm.vue"), props: true, meta: { title: () => tr("改表单", "Edit a form") } },
  { path: "/forms/:id/submissions", component: () => import("../../capabilities/fieldwork/desk/Submissions.vue"), props: true, meta: { title: () => tr("填写内容", "Filled in") } },
  { path: "/campaigns", component: () => import("../../capabilities/fieldwork/desk/campaigns/Campaigns.vue"), meta: { title: () => tr("专项任务", "Campaigns") } },
  { path: "/campaigns/new", component: () => import("../../capabilities/fieldwork/desk/campaigns/NewCampaign.vue"), meta: { title: () => tr("新的专项任务", "New campaign") } },
  { path: "/campaigns/:id", component: () => import("../../capabilities/fieldwork/desk/campaigns/Campaign.vue"), props: true, meta: { title: () => tr("专项任务", "Campaign") } },
  { path: "/routes", component: () => import("../../capabilities/fieldwork/desk/patrols/Routes.vue"), meta: { title: () => tr("巡查路线", "Patrol routes") } },
  { path: "/routes/new", component: () => import("../../capabilities/fieldwork/desk/patrols/RoutePage.vue"), meta: { title: () => tr("新路线", "New route") } },
  { path: "/routes/:id", component: () => import("../../capabilities/fieldwork/desk/patrols/RoutePage.vue"), props: true, meta: { title: () => tr("巡查路线", "Patrol route") } },
  { path: "/rules", component: () => import("../../capabilities/fieldwork/desk/rules/VisitRules.vue"), meta: { title: () => tr("走访规则", "Visit rules") } },
  { path: "/sheets", component: () => import("../../capabilities/fieldwork/desk/sheets/Sheets.vue"), meta: { title: () => tr("周报、月报", "Week and month sheets") } },
  { path: "/days", component: () => import("../../capabilities/fieldwork/desk/days/GridDay.vue"), meta: { title: () => tr("网格日报", "Days of grids") } },
  { path: "/devices", component: () => import("../../capabilities/fieldwork/desk/phones/Phones.vue"), meta: { title: () => tr("网格员的手机", "Workers' phones") } },
  { path: "/stand-ins", component: () => import("../../capabilities/fieldwork/desk/stand_ins/StandIns.vue"), meta: { title: () => tr("顶岗", "Standing in") } },
  { path: "/submissions/:id", component: () => import("../../capabilities/fieldwork/desk/Submission.vue"), props: true, meta: { title: () => tr("填写内容", "Filled in") } },
] };

/** Outages: one place of the bar, whichever of its screens is shown. */
const outages = { children: [
  { path: "", component: () => import("../../capabilities/linkage/outages/Outages.vue"), meta: { title: () => tr("停水停电停气", "Outages") } },
  { path: "new", component: () => import("../../capabilities/linkage/outages/NewOutage.vue"), meta: { title: () => tr("新公告", "New announcement") } },
  { path: ":id", component: () => import("../../capabilities/linkage/outages/OutagePage.vue"), props: true, meta: { title: () => tr("停水停电停气", "Outage") } },
] };

/** Working together: helping steps, calls to the spot, and how they were answered. */
const together = { children: [
  { path: "", component: () => import("../../capabilities/cases/joint/TogetherPage.vue"), meta: { title: () => tr("协同", "Together") } },
  { path: "figures", component: () => import("../../capabilities/cases/joint/CallFigures.vue"), meta: { title: () => tr("应哨情况", "Calls answered") } },
  { path: "calls/:id", component: () => import("../../capabilities/cases/joint/CallPage.vue"), props: true, meta: { title: () => tr("吹哨", "Call to the spot") } },
] };

/** Duty lists in their versions. */
const lists = { children: [
  { path: "", component: () => import("../../capabilities/cases/duties/Lists.vue"), meta: { title: () => tr("清单", "Duty lists") } },
  { path: ":id", component: () => import("../../capabilities/cases/duties/VersionPage.vue"), props: true, meta: { title: () => tr("清单", "Duty list") } },
] };

export const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/mine" },
  ...QUEUES.map((name) => ({ path: `/${name}`, component: Queue, props: { name }, meta: { title: () => queue_words(name) } })),
  { path: "/case/:number", component: () => import("../../capabilities/cases/desk/Case.vue"), props: true, meta: { title: () => tr("办件", "Case") } },
  { path: "/report", component: () => import("../../capabilities/cases/desk/Assist.vue"), meta: { title: () => tr("代人上报", "Report for a caller") } },
  { path: "/search", component: () => import("../../capabilities/cases/desk/Search.vue"), meta: { title: () => tr("搜索", "Search") } },
  { path: "/register", component: () => import("../../capabilities/registry/desk/Register.vue"), ...register },
  { path: "/fieldwork", component: () => import("../../capabilities/fieldwork/desk/Fieldwork.vue"), ...fieldwork },
  { path: "/partners", children: [
    { path: "", component: () => import("../../capabilities/linkage/desk/partners/Partners.vue"), meta: { title: () => tr("联动单位", "Partners") } },
    { path: ":organisation", component: () => import("../../capabilities/linkage/desk/partners/PartnerPage.vue"), props: true, meta: { title: () => tr("联动单位", "Partner") } },
    { path: ":organisation/promises", component: () => import("../../capabilities/linkage/desk/promises/PromisesPage.vue"), props: true, meta: { title: () => tr("服务承诺", "Promises") } },
  ] },
  { path: "/hotline", component: () => import("../../capabilities/linkage/desk/hotline/Hotline.vue"), meta: { title: () => tr("热线工单", "Hotline") } },
  { path: "/outages", ...outages },
  { path: "/sensors", children: [
    { path: "", component: () => import("../../capabilities/linkage/sensors/Sensors.vue"), meta: { title: () => tr("感知设备", "Sensors") } },
    { path: ":id", component: () => import("../../capabilities/linkage/sensors/SensorPage.vue"), props: true, meta: { title: () => tr("感知设备", "Sensor") } },
  ] },
  { path: "/together", ...together },
  { path: "/lists", ...lists },
  { path: "/:rest(.*)", component: () => import("./NotFound.vue"), meta: { title: () => tr("没有这一页", "No such page") } },
];
