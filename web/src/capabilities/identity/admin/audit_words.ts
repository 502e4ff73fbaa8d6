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
  {
    key: "registry.", names: [
      "registry.record_entered", "registry.record_amended", "registry.record_confirmed", "registry.record_ended", "registry.person_moved",
      "registry.records_merged", "registry.records_told_apart", "registry.deed_undone", "registry.record_opened", "registry.searched", "registry.concerned_counted",
      "registry.glass_broken", "registry.alarm_raised", "registry.alarm_acknowledged", "registry.table_sent", "registry.table_checked",
      "registry.table_saved", "registry.table_dropped", "registry.records_exported", "registry.person_claimed", "registry.claim_refused",
      "registry.mandate_granted", "registry.mandate_ended", "registry.request_made", "registry.request_withdrawn", "registry.request_decided",
      "registry.restriction_lifted", "registry.values_erased", "registry.records_swept", "registry.notice_in_force", "registry.values_resealed",
      "registry.plates_issued", "registry.demo_entered",
    ],
  },
  { key: "cases.", names: ["cases.case_reported", "cases.case_stepped", "cases.case_followed", "cases.reporter_opened", "cases.reporter_reached", "cases.reporter_phone_used", "cases.reports_claimed"] },
];

export function group_words(key: string): string {
  switch (key) {
    case "identity.": return tr("账号和权限的全部", "All of accounts and rights");
    case "territory.": return tr("区域和岗位的全部", "All of areas and posts");
    case "registry.": return tr("登记的全部", "All of the register");
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
    case "registry.record_entered": return tr("登记", "Entered in the register");
    case "registry.record_amended": return tr("更正登记", "Record corrected");
    case "registry.record_confirmed": return tr("核实登记", "Record confirmed");
    case "registry.record_ended": return tr("注销登记", "Record ended");
    case "registry.person_moved": return tr("迁入迁出", "Person moved");
    case "registry.records_merged": return tr("合并登记", "Records merged");
    case "registry.records_told_apart": return tr("判为不是同一个", "Records told apart");
    case "registry.deed_undone": return tr("撤销一次操作", "Deed undone");
    case "registry.record_opened": return tr("查看登记", "Record looked at");
    case "registry.searched": return tr("检索登记", "Register searched");
    case "registry.concerned_counted": return tr("查影响到谁", "Affected homes counted");
    case "registry.glass_broken": return tr("紧急越权查看", "Looked at in an emergency");
    case "registry.alarm_raised": return tr("触发告警", "Alarm raised");
    case "registry.alarm_acknowledged": return tr("核实告警", "Alarm looked into");
    case "registry.table_sent": return tr("上传表格", "Table sent");
    case "registry.table_checked": return tr("检查表格", "Table checked");
    case "registry.table_saved": return tr("保存表格", "Table saved");
    case "registry.table_dropped": return tr("丢弃表格", "Table thrown away");
    case "registry.records_exported": return tr("导出登记", "Records exported");
    case "registry.person_claimed": return tr("核对本人", "Proved to be a person");
    case "registry.claim_refused": return tr("核对不符", "Proof refused");
    case "registry.mandate_granted": return tr("给予代办资格", "Mandate granted");
    case "registry.mandate_ended": return tr("终止代办资格", "Mandate ended");
    case "registry.request_made": return tr("提出本人请求", "Request made");
    case "registry.request_withdrawn": return tr("撤回本人请求", "Request taken back");
    case "registry.request_decided": return tr("答复本人请求", "Request answered");
    case "registry.restriction_lifted": return tr("恢复使用", "Restriction lifted");
    case "registry.values_erased": return tr("删除登记的值", "Values erased");
    case "registry.records_swept": return tr("到期清除", "Sweep of what ran out");
    case "registry.notice_in_force": return tr("告知书生效", "Notice in force");
    case "registry.values_resealed": return tr("重新加密", "Sealed anew");
    case "registry.plates_issued": return tr("发放牌号", "Plates given");
    case "registry.demo_entered": return tr("生成演示登记", "Demo entered");
    case "cases.case_reported": return tr("报告问题", "Case reported");
    case "cases.case_stepped": return tr("办理一步", "Case handled");
    case "cases.case_followed": return tr("我也遇到", "Case followed");
    case "cases.reporter_opened": return tr("查看报告人联系方式", "Reporter's contact opened");
    case "cases.reporter_reached": return tr("联系报告人（不看号码）", "Reporter reached, without the number");
    case "cases.reporter_phone_used": return tr("系统用报告人留的电话转接或发送", "A reporter's telephone used to pass something on");
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
    case "record": return tr("登记", "Record");
    case "data_request": return tr("本人请求", "Request");
    case "alarm": return tr("告警", "Alarm");
    case "batch": return tr("表格", "Table");
    case "export": return tr("导出", "Copy");
    case "notice": return tr("告知书", "Notice");
    case "sweep": return tr("到期清除", "Sweep");
    case "area_plan": return tr("区域导入", "Import of areas");
    case "audit": return tr("审计", "Audit");
    case "code": return tr("验证码", "Code");
    default: return kind;
  }
}
