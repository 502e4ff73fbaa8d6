// What needs an administrator first, from the same reads as the places themselves: only what the person may see is asked for.
import { load_accounts, state_of } from "../../capabilities/identity/admin/accounts";
import { list_alarms } from "../../capabilities/registry/admin/alarms";
import { load_health, troubles_of } from "../../capabilities/server/admin/health";
import { is_vacant, load_posts } from "../../capabilities/territory/admin/posts";
import { holds } from "../../lib/session";
import { figure } from "../../lib/time";
import { tr } from "../../lib/words";

export interface Attention {
  tone: "warn" | "bad";
  words: string;
  to: string;
}

export async function load_attention(): Promise<Attention[]> {
  const found = await Promise.all([
    holds("server.see_health") ? of_server() : [],
    holds("identity.manage_accounts") ? of_accounts() : [],
    holds("territory.manage_posts") ? of_posts() : [],
    holds("registry.see_alarms") ? of_alarms() : [],
  ]);
  return found.flat().sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}

async function of_server(): Promise<Attention[]> {
  return troubles_of(await load_health()).map((one) => ({ ...one, to: "/health" }));
}

async function of_accounts(): Promise<Attention[]> {
  const locked = (await load_accounts()).filter((one) => state_of(one) === "locked").length;
  return locked ? [{ tone: "warn", words: tr(`${figure(locked)} 个账号因多次输错密码锁定`, `${figure(locked)} accounts are locked after failures`), to: "/people?state=locked" }] : [];
}

async function of_posts(): Promise<Attention[]> {
  const vacant = (await load_posts()).filter(is_vacant).length;
  return vacant ? [{ tone: "bad", words: tr(`${figure(vacant)} 个岗位现在没有人，派来的事件没人接`, `${figure(vacant)} posts have nobody: what is sent there waits`), to: "/posts?only=vacant" }] : [];
}

async function of_alarms(): Promise<Attention[]> {
  const { items, next } = await list_alarms();
  const many = next ? `${figure(items.length)}+` : figure(items.length);
  return items.length ? [{ tone: "bad", words: tr(`${many} 条告警等着核实`, `${many} alarms are to be looked into`), to: "/alarms" }] : [];
}
