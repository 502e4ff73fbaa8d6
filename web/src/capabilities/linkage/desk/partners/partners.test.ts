// How a lane is told, in which order partners stand, and what may be done when.
import { describe, expect, test } from "vitest";
import { deeds_of, in_order, is_well_since, look_of, look_of_trial, type Partner, type Unit } from "./partners";

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
  ["it arrived after the error", lane({ last_error_at: "2026-11-24T08:00:00+08:00", last_sent_at: "2026-11-24T08:30:00+08:00" }), true],
  ["the latest was refused", lane({ last_error_at: "2026-11-24T08:30:00+08:00", last_sent_at: "2026-11-24T08:00:00+08:00" }), false],
  ["nothing ever arrived", lane({ last_error_at: "2026-11-24T08:30:00+08:00" }), false],
  ["it is in trouble", lane({ troubles: 1, last_error_at: "2026-11-24T08:00:00+08:00", last_sent_at: "2026-11-24T08:30:00+08:00" }), false],
])("well since: %s", (_what, one, is_well) => expect(is_well_since(one)).toBe(is_well));

const ERROR = { code: "mail_server", words: { zh: "邮件服务器退回（550）", en: "the mail server refuses it (550)" } };
test.each([
  ["taken for a mailbox", { state: "taken" as const }, "mail" as const, "邮件服务器已收下", "good"],
  ["taken by their server", { state: "taken" as const }, "webhook" as const, "对方已收下", "good"],
  ["refused", { state: "refused" as const, error: ERROR }, "mail" as const, "没有送到", "bad"],
  ["given up", { state: "given_up" as const, error: ERROR }, "mail" as const, "没有送到，已放弃", ""],
  ["on its way", { state: "waiting" as const }, "mail" as const, "正在送", ""],
  ["tried in vain", { state: "waiting" as const, error: ERROR }, "mail" as const, "还没有送出去，过一会儿再试", "warn"],
])("a trial that is %s", (_what, one, rung, words, tone) => {
  const look = look_of_trial({ made_at: "2026-11-24T09:00:00+08:00", ...one }, rung);
  expect([look.words, look.tone]).toEqual([words, tone]);
});

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
