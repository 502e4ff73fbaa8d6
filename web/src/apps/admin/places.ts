// The places of the administration in the order of its bar. Who may enter each is said by the server, with who one is.
import { may_enter } from "../../lib/session";
import { tr } from "../../lib/words";

export interface AdminPlace {
  to: string;
  icon: string;
  words: () => string;
  hint: () => string;
}

export const PLACES: readonly AdminPlace[] = [
  {
    to: "/people", icon: "person", words: () => tr("账号", "Accounts"),
    hint: () => tr("开立、停用、解锁，重置密码和动态验证", "Open, suspend, unlock; reset passwords and second factors"),
  },
  {
    to: "/posts", icon: "tasks", words: () => tr("岗位", "Posts"),
    hint: () => tr("谁在哪个岗位，任免、请假和 B 岗", "Who holds which post; put on, take off, stand-ins"),
  },
  {
    to: "/organisations", icon: "share", words: () => tr("单位", "Organisations"),
    hint: () => tr("部门、运营单位和物业：名称、电话、岗位", "Departments, operators, property managers: names, numbers, posts"),
  },
  {
    to: "/hand-over", icon: "share", words: () => tr("离任移交", "Hand over"),
    hint: () => tr("把离任人的岗位和在办事件一次交清", "A leaver's posts and open work, in one action"),
  },
  {
    to: "/areas", icon: "grid", words: () => tr("区域边界", "Areas"),
    hint: () => tr("网格和边界的版本，导入前在图上比对", "Grids and boundaries by version; compare before an import"),
  },
  {
    to: "/keys", icon: "lock", words: () => tr("接口密钥", "Service keys"),
    hint: () => tr("给对接系统签发、吊销密钥", "Keys for other systems: issue, revoke"),
  },
  {
    to: "/health", icon: "gear", words: () => tr("运行和备份", "Health and backup"),
    hint: () => tr("系统是否正常，最近一次备份和恢复检验", "Whether the system is well; the latest backup and restore check"),
  },
  {
    to: "/roles", icon: "lock", words: () => tr("角色和权限", "Roles"),
    hint: () => tr("每个角色能做什么、管多大范围", "What each role may do, and how far"),
  },
  {
    to: "/grants", icon: "plus", words: () => tr("授权", "Grants"),
    hint: () => tr("给账号授予和收回角色", "Give roles to an account and take them back"),
  },
  {
    to: "/see-as", icon: "contrast", words: () => tr("换位查看", "See as"),
    hint: () => tr("某个角色或账号看得到什么、看不到什么", "What a role or an account reaches, and what not"),
  },
  {
    to: "/audit", icon: "search", words: () => tr("审计", "Audit"),
    hint: () => tr("谁在什么时候做了什么", "Who did what, and when"),
  },
  {
    to: "/rules", icon: "table", words: () => tr("办理规则", "Rules"),
    hint: () => tr("事项类型、责任清单、流程、派单试算、工作日历", "Types, duty lists, workflow, trial of routing, working days"),
  },
];

/** Those of them that are open to the person who is signed in. */
export function open_places(): AdminPlace[] {
  return PLACES.filter((place) => is_open(place.to));
}

export function is_open(place: string): boolean {
  return may_enter(`/admin${place}`);
}
