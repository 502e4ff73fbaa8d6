// How a lane is told, in which order partners stand, and what may be done when.
import { describe, expect, test } from "vitest";
import { deeds_of, error_words, in_order, look_of, type Partner, type Unit } from "./partners";

type Lane = NonNullable<Partner["lane"]>;
const NOW = Date.parse("2026-11-24T09:00:00+08:00");
const lane = (more: Partial<Lane> = {}): Lane => ({ waiting: 0, dead: 0, paused: false, troubles: 0, is_broken: false, ...more });
const partner = (more: Partial<Partner> = {}): Partner => ({ organisation: "7", name: { zh: "供水公司", en: "Water" }, rung: "open311", has_key: false, states: "georeport", settings: {}, has_secret: false, questions: 0, version: 1, lane: lane(), ...more });

test.each([
  ["nothing leaves", partner({ rung: "console", lane: null }), undefined, undefined],
  ["all has arrived", partner(), "正常", "good"],
  ["some wait", partner({ lane: lane({ waiting: 12 }) }), "等待中 12 件", ""],
  ["it is held, whatever else", partner({ lane: lane({ paused: true, troubles: 9, waiting: 3 }) }), "暂停", "warn"],
  ["it does not answer", partner({ lane: lane({ troubles: 6, waiting: 1, retry_at: "2026-11-24T09:05:00+08:00" }) }), "连不上，下次重试 09:05", "bad"],
  ["its next try is under way", partner({ lane: lane({ troubles: 6, waiting: 1, retry_at: "2026-11-24T08:59:00+08:00" }) }), "连不上，正在重试", "bad"],
  ["it began not to answer", partner({ lane: lane({ troubles: 1, waiting: 1 }) }), "连不上，正在重试", "bad"],
])("%s", (_what, one, words, tone) => {
  const look = look_of(one, NOW);
  expect([look?.words, look?.tone]).toEqual([words, tone]);
});

test.each([
  ["503: <b>down</b>", "对方服务器出错或正在维护（503）：“<b>down</b>”"],
  ["503: ", "对方服务器出错或正在维护（503）"],
  ["401: who are you", "对方不认我们的密钥（401）：“who are you”"],
  ["404: ", "对方没有这个地址（404）"],
  ["400: no such service", "对方不收（400）：“no such service”"],
  ["302: it sends us elsewhere, and nobody is followed", "对方让转到别的地址（302），请核对地址"],
  ["no answer within 15 s", "15 秒内没有回应"],
  ["not reached: Connection refused (os error 111)", "连不到对方服务器（对方服务器没有开着，或者端口不对）"],
  ["not reached: something else", "连不到对方服务器（something else）"],
  ["its answer is no list of Open311: <html>", "对方的回答不是 Open311 的格式：“<html>”"],
  ["the mail server says 550: no such mailbox", "邮件服务器退回（550）：“no such mailbox”"],
  ["the mail server says 451: try later", "邮件服务器现在不收（451）：“try later”"],
  ["the district has set no mail server", "区里还没有设置发邮件的服务器，请系统管理员在“管理 → 消息”里设置"],
  ["something nobody foresaw", "something nobody foresaw"],
  [undefined, ""],
])("an error in words: %s", (noted, words) => expect(error_words(noted)).toBe(words));

test("what needs a look comes first, then what is connected, then operators", () => {
  const unit = (id: string, kind: Unit["kind"], one?: Partner): Unit => ({ id, name: id, kind, partner: one });
  const all = [
    unit("department", "department"),
    unit("operator", "operator"),
    unit("well", "department", partner()),
    unit("console", "operator", partner({ rung: "console", lane: null })),
    unit("asks", "operator", partner({ questions: 1 })),
    unit("dead", "department", partner({ lane: lane({ dead: 1 }) })),
    unit("waits", "operator", partner({ lane: lane({ waiting: 2 }) })),
  ];
  expect(in_order(all).map((one) => one.id)).toEqual(["asks", "dead", "well", "waits", "operator", "console", "department"]);
});

describe("what may be done to a lane", () => {
  const open = (one: Partner) => deeds_of(one).filter((deed) => !deed.why).map((deed) => deed.action);
  test.each([
    ["at the console nothing", partner({ rung: "console", lane: null }), []],
    ["one that goes is tried or paused", partner(), ["try", "pause"]],
    ["a held one goes on", partner({ lane: lane({ paused: true, waiting: 2 }) }), ["resume"]],
    ["messages are tried where some wait", partner({ rung: "webhook", lane: lane({ waiting: 1 }) }), ["try", "pause"]],
    ["and not where none does", partner({ rung: "webhook" }), ["pause"]],
    ["nor mail", partner({ rung: "mail" }), ["pause"]],
  ])("%s", (_what, one, actions) => expect(open(one)).toEqual(actions));
});
