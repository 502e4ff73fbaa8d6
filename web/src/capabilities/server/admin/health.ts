// What of the server's state needs somebody: one rule for the health screen and the home page.
import { api, ask, type Schema } from "../../../client/api";
import { figure, span } from "../../../lib/time";
import { tr } from "../../../lib/words";

export type Health = Schema["HealthView"];

/** Something that is not well, with what to do. */
export interface Trouble {
  tone: "warn" | "bad";
  words: string;
}

const DAY_MS = 86_400_000;
/** A backup is daily; a missed one is worth a look, two are trouble. */
const BACKUP_OLD_MS = 2 * DAY_MS;
/** A restore is tried each quarter. */
const CHECK_OLD_MS = 92 * DAY_MS;
/** Background work is done within seconds. */
const OUTBOX_OLD_MS = 5 * 60_000;
const DISK_FREE_LEAST = 0.1;

export const load_health = (): Promise<Health> => ask(api.GET("/api/server/health"));

export function size_words(bytes: number | null | undefined): string {
  if (bytes == null) return tr("不知道", "not known");
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const n = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 2 ** (10 * n);
  return `${figure(Math.round(value * 10) / 10)} ${units[n]}`;
}

export function troubles_of(health: Health): Trouble[] {
  const now = Date.parse(health.now);
  const age = (at: string) => now - Date.parse(at);
  const found: Trouble[] = [];
  if (!health.backup) found.push({ tone: "bad", words: health.engine === "SQLite" ? tr("没有备份记录：请马上做一次备份。", "No backup is known: make one now.") : tr("没有备份记录：PostgreSQL 由数据库自己的工具备份，请向运维确认。", "No backup is known: PostgreSQL is saved by its own tools; ask whoever runs it.") });
  else if (age(health.backup.at) > BACKUP_OLD_MS) found.push({ tone: "bad", words: tr(`最近一次备份是 ${span(age(health.backup.at))}前的，太旧了。`, `The latest backup is ${span(age(health.backup.at))} old.`) });
  if (!health.backup_check) found.push({ tone: "warn", words: tr("没有恢复检验的记录：没有试着恢复过的备份不算备份。", "No restore check is known: a backup nobody has restored is none.") });
  else if (age(health.backup_check.at) > CHECK_OLD_MS) found.push({ tone: "warn", words: tr(`上次恢复检验是 ${span(age(health.backup_check.at))}前，每季度应做一次。`, `The last restore check was ${span(age(health.backup_check.at))} ago; one each quarter is due.`) });
  if (health.outbox_oldest && age(health.outbox_oldest) > OUTBOX_OLD_MS) found.push({ tone: "bad", words: tr(`有 ${figure(health.outbox_rows)} 件后台事项没做，最早的等了 ${span(age(health.outbox_oldest))}。`, `${figure(health.outbox_rows)} pieces of background work wait, the oldest for ${span(age(health.outbox_oldest))}.`) });
  if (health.late_timers > 0) found.push({ tone: "bad", words: tr(`有 ${figure(health.late_timers)} 个定时该响没响，催办和自动办结会晚。`, `${figure(health.late_timers)} timers are late: urging and closing come late.`) });
  if (health.disk_free_bytes != null && health.disk_bytes && health.disk_free_bytes / health.disk_bytes < DISK_FREE_LEAST) found.push({ tone: "bad", words: tr(`磁盘只剩 ${size_words(health.disk_free_bytes)}，请清理或扩容。`, `Only ${size_words(health.disk_free_bytes)} left on the disk.`) });
  return found;
}
