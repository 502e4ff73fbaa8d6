// The places of the administration in the order of its bar. What each is called and who may enter it is said by the server, with who one is.
import { may_enter, session } from "../../lib/session";
import { told, tr } from "../../lib/words";

export interface AdminPlace {
  to: string;
  icon: string;
  hint: () => string;
}

export const PLACES: readonly AdminPlace[] = [
  {
    to: "/people", icon: "person", hint: () => tr("开立、停用、解锁，重置密码和动态验证", "Open, suspend, unlock; reset passwords and second factors"),
  },
  {
    to: "/posts", icon: "tasks", hint: () => tr("谁在哪个岗位，任免、请假和 B 岗", "Who holds which post; put on, take off, stand-ins"),
  },
  {
    to: "/organisations", icon: "share", hint: () => tr("部门、运营单位和物业：名称、电话、岗位", "Departments, operators, property managers: names, numbers, posts"),
  },
  {
    to: "/hand-over", icon: "share", hint: () => tr("把离任人的岗位和在办事件一次交清", "A leaver's posts and open work, in one action"),
  },
  {
    to: "/areas", icon: "grid", hint: () => tr("网格和边界的版本，导入前在图上比对", "Grids and boundaries by version; compare before an import"),
  },
  {
    to: "/keys", icon: "lock", hint: () => tr("给对接系统签发、吊销密钥", "Keys for other systems: issue, revoke"),
  },
  {
    to: "/messages", icon: "inbox", hint: () => tr("短信和邮件从哪里发、写什么、发了多少", "Texts and mail: by which way, what they say, how many"),
  },
  {
    to: "/broker", icon: "layers", hint: () => tr("感知设备上报用的 MQTT 服务器，连没连上", "The MQTT broker sensors speak through, and whether it is reached"),
  },
  {
    to: "/health", icon: "gear", hint: () => tr("系统是否正常，最近一次备份和恢复检验", "Whether the system is well; the latest backup and restore check"),
  },
  {
    to: "/roles", icon: "lock", hint: () => tr("每个角色能做什么、管多大范围", "What each role may do, and how far"),
  },
  {
    to: "/grants", icon: "plus", hint: () => tr("给账号授予和收回角色", "Give roles to an account and take them back"),
  },
  {
    to: "/see-as", icon: "contrast", hint: () => tr("某个角色或账号看得到什么、看不到什么", "What a role or an account reaches, and what not"),
  },
  {
    to: "/alarms", icon: "alert", hint: () => tr("越权查看、批量查看、答复逾期，查实并写明", "Looks beyond one's area, reading in bulk, late answers: look into them"),
  },
  {
    to: "/audit", icon: "search", hint: () => tr("谁在什么时候做了什么", "Who did what, and when"),
  },
  {
    to: "/basis", icon: "lock", hint: () => tr("登记什么、为什么、保存多久；告知书、影响评估、到期清除", "What is kept, why and how long; notices, privacy impact, sweeps"),
  },
  {
    to: "/rules", icon: "table", hint: () => tr("事项类型、责任清单、流程、派单试算、工作日历", "Types, duty lists, workflow, trial of routing, working days"),
  },
];

/** Those of them that are open to the person who is signed in. */
export function open_places(): AdminPlace[] {
  return PLACES.filter((place) => is_open(place.to));
}

export function is_open(place: string): boolean {
  return may_enter(`/admin${place}`);
}

/** What a place is called; one that is closed to this person is the administration's, and no more is said. */
export function words_of(place: string): string {
  const open = (session.me?.faces ?? []).flatMap((face) => face.places).find((one) => one.href === `/admin${place}`);
  return open ? told(open.words) : tr("管理", "Administration");
}
