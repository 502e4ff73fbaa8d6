// The places of the administration, and who may enter each: one list for the bar, the home page, the gate and "see as".
import { tr } from "../../lib/words";

export interface AdminPlace {
  to: string;
  icon: string;
  words: () => string;
  hint: () => string;
  /** Any of these permissions opens it; none: it is published, whoever works here may read it. */
  needs: readonly string[];
}

export const PLACES: readonly AdminPlace[] = [
  {
    to: "/people", icon: "person", needs: ["identity.manage_accounts"], words: () => tr("账号", "Accounts"),
    hint: () => tr("开立、停用、解锁，重置密码和动态验证", "Open, suspend, unlock; reset passwords and second factors"),
  },
  {
    to: "/posts", icon: "tasks", needs: ["territory.manage_posts"], words: () => tr("岗位", "Posts"),
    hint: () => tr("谁在哪个岗位，任免、请假和 B 岗", "Who holds which post; put on, take off, stand-ins"),
  },
  {
    to: "/organisations", icon: "share", needs: ["territory.manage_posts"], words: () => tr("单位", "Organisations"),
    hint: () => tr("部门、运营单位和物业：名称、电话、岗位", "Departments, operators, property managers: names, numbers, posts"),
  },
  {
    to: "/hand-over", icon: "share", needs: ["territory.hand_over"], words: () => tr("离任移交", "Hand over"),
    hint: () => tr("把离任人的岗位和在办事件一次交清", "A leaver's posts and open work, in one action"),
  },
  {
    to: "/areas", icon: "grid", needs: ["territory.edit_areas"], words: () => tr("区域边界", "Areas"),
    hint: () => tr("网格和边界的版本，导入前在图上比对", "Grids and boundaries by version; compare before an import"),
  },
  {
    to: "/keys", icon: "lock", needs: ["identity.manage_service_keys"], words: () => tr("接口密钥", "Service keys"),
    hint: () => tr("给对接系统签发、吊销密钥", "Keys for other systems: issue, revoke"),
  },
  {
    to: "/health", icon: "gear", needs: ["server.see_health"], words: () => tr("运行和备份", "Health and backup"),
    hint: () => tr("系统是否正常，最近一次备份和恢复检验", "Whether the system is well; the latest backup and restore check"),
  },
  {
    to: "/roles", icon: "lock", needs: ["identity.grant_roles"], words: () => tr("角色和权限", "Roles"),
    hint: () => tr("每个角色能做什么、管多大范围", "What each role may do, and how far"),
  },
  {
    to: "/grants", icon: "plus", needs: ["identity.grant_roles"], words: () => tr("授权", "Grants"),
    hint: () => tr("给账号授予和收回角色", "Give roles to an account and take them back"),
  },
  {
    to: "/see-as", icon: "contrast", needs: ["identity.grant_roles"], words: () => tr("换位查看", "See as"),
    hint: () => tr("某个角色或账号看得到什么、看不到什么", "What a role or an account reaches, and what not"),
  },
  {
    to: "/audit", icon: "search", needs: ["identity.read_audit"], words: () => tr("审计", "Audit"),
    hint: () => tr("谁在什么时候做了什么", "Who did what, and when"),
  },
  {
    to: "/rules", icon: "table", needs: [], words: () => tr("办理规则", "Rules"),
    hint: () => tr("事项类型、责任清单、流程、派单试算、工作日历", "Types, duty lists, workflow, trial of routing, working days"),
  },
];
