// Every staff account of a district, read page after page: some hundred people, found by name as one types.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { tr } from "../../../lib/words";

export type Account = Schema["AccountView"];
/** What an account can do now, in one word. */
export type AccountState = "open" | "new" | "locked" | "suspended" | "closed";


export async function load_accounts(kind: "staff" | "service" = "staff"): Promise<Account[]> {
  const all = await read_all_pages((after) => ask(api.GET("/api/identity/accounts", { params: { query: { kind, after, rows: 100 } } })));
  return all.sort((a, b) => (a.login ?? a.name).localeCompare(b.login ?? b.name, "zh"));
}

export function state_of(account: Account): AccountState {
  if (account.closed_at) return "closed";
  if (account.suspended_at) return "suspended";
  if (account.locked_until) return "locked";
  return account.must_change ? "new" : "open";
}

export function state_words(state: AccountState): string {
  switch (state) {
    case "open": return tr("正常", "In use");
    case "new": return tr("未改首次密码", "First password");
    case "locked": return tr("输错锁定", "Locked");
    case "suspended": return tr("已停用", "Suspended");
    case "closed": return tr("已注销", "Closed");
  }
}

export const STATE_LOOK: Record<AccountState, { tone: string; icon: string }> = {
  open: { tone: "good", icon: "check" },
  new: { tone: "", icon: "clock" },
  locked: { tone: "bad", icon: "lock" },
  suspended: { tone: "warn", icon: "alert" },
  closed: { tone: "", icon: "close" },
};

/** Whether what somebody typed is in one of these words. */
export function fits(typed: string, ...words: (string | null | undefined)[]): boolean {
  const wanted = typed.trim().toLowerCase();
  return wanted === "" || words.some((word) => word?.toLowerCase().includes(wanted));
}
