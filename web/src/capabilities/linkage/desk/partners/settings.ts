// The settings of a partner as they are typed, and what of them is another when two people had them open.
import type { PartnerBody, Partner, Rung, StateTable } from "./partners";
import { rung_words, table_words } from "./partners";
import { tr } from "../../../../lib/words";

export interface Typed {
  rung: Rung;
  address: string;
  /** Never filled from the server: it is told once to us and never again. */
  key: string;
  states: string;
  updates: boolean;
  /** Of mail: the language it is written in. */
  lang: string;
  account: string;
  jurisdiction: string;
  other: string;
  /** One a line: our type, a space or =, their code. */
  services: string;
}

const FIRST_TABLES: Partial<Record<Rung, string>> = { open311: "georeport", webhook: "mulin", mail: "mail" };

/** The table that fits a way of being reached, where somebody has not chosen one. */
export const table_for = (rung: Rung, tables: readonly StateTable[]): string => (tables.find((one) => one.key === FIRST_TABLES[rung]) ?? tables[0])?.key ?? "";

export function typed_of(partner: Partner | undefined, tables: readonly StateTable[]): Typed {
  const settings = partner?.settings;
  return {
    rung: partner?.rung ?? "console",
    address: partner?.address ?? "",
    key: "",
    states: partner?.states ?? table_for("console", tables),
    updates: settings?.updates ?? false,
    lang: settings?.lang ?? "zh-CN",
    account: settings?.account ?? "",
    jurisdiction: settings?.jurisdiction ?? "",
    other: settings?.other ?? "",
    services: Object.entries(settings?.services ?? {}).map(([type, code]) => `${type} = ${code}`).join("\n"),
  };
}

/** The codes that are typed line by line; the first line that cannot be read is told by its number. */
export function read_services(text: string): { services: Record<string, string> } | { wrong_line: number } {
  const services: Record<string, string> = {};
  for (const [at, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const found = /^\s*([^\s=]+)\s*[=\s]\s*(\S.*?)\s*$/.exec(line);
    if (!found) return { wrong_line: at + 1 };
    services[found[1]!] = found[2]!;
  }
  return { services };
}

/** The language a partner is written to in, in words. */
export const lang_words = (lang: string | undefined): string => (lang === "en" ? tr("英文", "English") : tr("中文", "Chinese"));

const given = (text: string): string | undefined => text.trim() || undefined;

export function body_of(typed: Typed, services: Record<string, string>, version: number | undefined): PartnerBody {
  const is_console = typed.rung === "console";
  return {
    rung: typed.rung,
    address: is_console ? undefined : given(typed.address),
    key: is_console || typed.rung === "mail" ? undefined : given(typed.key),
    states: typed.states,
    settings: { jurisdiction: given(typed.jurisdiction), services, other: given(typed.other), account: given(typed.account), updates: typed.updates, lang: typed.lang },
    version,
  };
}

/** What is another in the newer one, with how it is there. */
export function differences(before: Partner | undefined, now: Partner, tables: readonly StateTable[]): string[] {
  const none = tr("没有", "none");
  const lines: [string, (one: Partner) => string][] = [
    [tr("怎么送达", "Reached by"), (one) => rung_words(one.rung)],
    [tr("对方地址", "Address"), (one) => one.address ?? none],
    [tr("密钥", "Key"), (one) => (one.has_key ? tr("已设置", "set") : none)],
    [tr("状态对照表", "Table of states"), (one) => table_words(tables, one.states)],
    [tr("进展回传", "Updates"), (one) => (one.settings.updates ? tr("支持", "known") : tr("不支持", "not known"))],
    [tr("邮件语言", "Language of the mail"), (one) => lang_words(one.settings.lang)],
    [tr("对接账号", "Account"), (one) => one.settings.account ?? none],
    [tr("辖区代码", "Jurisdiction"), (one) => one.settings.jurisdiction ?? none],
    [tr("其余类型的代码", "Code of other types"), (one) => one.settings.other ?? none],
    [tr("类型对应的代码", "Codes of types"), (one) => JSON.stringify(one.settings.services ?? {})],
  ];
  return lines.filter(([, words]) => !before || words(before) !== words(now)).map(([label, words]) => `${label}${tr("：", ": ")}${words(now)}`);
}
