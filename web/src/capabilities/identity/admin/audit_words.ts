// What the audit's lines say in words: names of facts, ways in, kinds of actor and of thing. A name nobody wrote words for is shown as it is.
import { tr } from "../../../lib/words";

/** Beginnings of names by which one filters, with the names under each. */
export const FACTS: readonly { key: string; names: readonly string[] }[] = [
  {
    key: "identity.", names: [
      "identity.account_opened", "identity.account_suspended", "identity.account_unlocked", "identity.account_closed", "identity.password_reset",
      "identity.password_changed", "identity.second_factor_offered", "identity.second_factor_enrolled", "identity.second_factor_reset",
      "identity.recovery_code_used", "identity.signed_in", "identity.sign_in_failed", "identity.login_locked", "identity.signed_out",
      "identity.session_revoked", "identity.sessions_revoked", "identity.role_assigned", "identity.role_withdrawn", "identity.service_key_issued",
      "identity.service_key_revoked", "identity.code_sent", "identity.code_refused", "identity.audit_read", "identity.audit_exported",
    ],
  },
  {
    key: "territory.", names: [
      "territory.areas_imported", "territory.post_opened", "territory.post_closed", "territory.post_held", "territory.holding_ended",
      "territory.absence_noted", "territory.posts_handed_over", "territory.organisation_added", "territory.organisation_changed",
    ],
  },
  { key: "cases.", names: ["cases.case_reported", "cases.case_stepped", "cases.case_followed", "cases.reporter_opened", "cases.reports_claimed"] },
];

export function group_words(key: string): string {
  switch (key) {
    case "identity.": return tr("账号和权限的全部", "All of accounts and rights");
    case "territory.": return tr("区域和岗位的全部", "All of areas and posts");
    default: return tr("事件的全部", "All of cases");
  }
}

export function fact_words(name: string): string {
  switch (name) {
    case "identity.account_opened": return tr("开立账号", "Account opened");
    case "identity.account_suspended": return tr("停用账号", "Account suspended");
    case "identity.account_unlocked": return tr("解锁账号", "Account unlocked");
    case "identity.account_closed": return tr("注销账号", "Account closed");
    case "identity.password_reset": return tr("重置密码", "Password reset");
    case "identity.password_changed": return tr("本人改密码", "Password changed");
    case "identity.second_factor_offered": return tr("开始绑定动态验证", "Second factor offered");
    case "identity.second_factor_enrolled": return tr("绑定动态验证", "Second factor set up");
    case "identity.second_factor_reset": return tr("重置动态验证", "Second factor reset");
    case "identity.recovery_code_used": return tr("用了恢复码", "Recovery code used");
    case "identity.signed_in": return tr("登录", "Signed in");
    case "identity.sign_in_failed": return tr("登录失败", "Sign-in failed");
    case "identity.login_locked": return tr("多次失败，锁定", "Locked after failures");
    case "identity.signed_out": return tr("退出登录", "Signed out");
    case "identity.session_revoked": return tr("结束一个登录", "Session ended");
    case "identity.sessions_revoked": return tr("结束其他登录", "Other sessions ended");
    case "identity.role_assigned": return tr("授予角色", "Role given");
    case "identity.role_withdrawn": return tr("收回角色", "Role taken back");
    case "identity.service_key_issued": return tr("签发接口密钥", "Service key issued");
    case "identity.service_key_revoked": return tr("吊销接口密钥", "Service key revoked");
    case "identity.code_sent": return tr("发送验证码", "Code sent");
    case "identity.code_refused": return tr("验证码错误", "Code refused");
    case "identity.audit_read": return tr("查阅审计", "Audit read");
    case "identity.audit_exported": return tr("导出审计", "Audit exported");
    case "territory.areas_imported": return tr("导入区域边界", "Areas imported");
    case "territory.post_opened": return tr("设立岗位", "Post opened");
    case "territory.post_closed": return tr("撤销岗位", "Post closed");
    case "territory.post_held": return tr("任职", "Put on a post");
    case "territory.holding_ended": return tr("免职", "Taken off a post");
    case "territory.absence_noted": return tr("记请假", "Absence noted");
    case "territory.posts_handed_over": return tr("离任移交", "Posts handed over");
    case "territory.organisation_added": return tr("增加单位", "Organisation added");
    case "territory.organisation_changed": return tr("修改单位", "Organisation changed");
    case "cases.case_reported": return tr("报告问题", "Case reported");
    case "cases.case_stepped": return tr("办理一步", "Case handled");
    case "cases.case_followed": return tr("我也遇到", "Case followed");
    case "cases.reporter_opened": return tr("查看报告人联系方式", "Reporter's contact opened");
    case "cases.reports_claimed": return tr("认领自己的报告", "Own reports claimed");
    default: return name;
  }
}

export function via_words(via: string): string {
  switch (via) {
    case "page": return tr("网页", "Page");
    case "api": return tr("工作界面", "Staff screens");
    case "open311": return tr("对接系统", "Open311");
    case "command_line": return tr("命令行", "Command line");
    case "clock": return tr("定时", "Clock");
    default: return via;
  }
}

export function actor_words(kind: string): string {
  switch (kind) {
    case "staff": return tr("工作人员", "Staff");
    case "resident": return tr("居民", "Resident");
    case "service": return tr("对接系统", "Another system");
    case "system": return tr("系统", "The system");
    case "anonymous": return tr("没有登录的人", "Not signed in");
    default: return kind;
  }
}

export function subject_words(kind: string): string {
  switch (kind) {
    case "account": return tr("账号", "Account");
    case "case": return tr("事件", "Case");
    case "post": return tr("岗位", "Post");
    case "holding": return tr("任职", "Holding");
    case "organisation": return tr("单位", "Organisation");
    case "area_plan": return tr("区域导入", "Import of areas");
    case "audit": return tr("审计", "Audit");
    case "code": return tr("验证码", "Code");
    default: return kind;
  }
}
