// What is typed about a partner becomes what is sent, and what two people changed is told apart.
import { expect, test } from "vitest";
import type { Partner } from "./partners";
import { body_of, differences, read_services, table_for, typed_of } from "./settings";

const TABLES = ["updates", "georeport", "mulin", "mail"].map((key) => ({ key, name: { zh: `表${key}`, en: key }, source: "" }));
const PARTNER: Partner = {
  organisation: "7", name: { zh: "供水公司", en: "Water" }, rung: "open311", address: "https://water.example/v2", has_key: true, states: "georeport",
  settings: { services: { P01002: "burst", P01003: "no water" }, jurisdiction: "water", updates: true, lang: "zh-CN" }, has_secret: false, questions: 0, version: 3,
};

test("what is set comes back as it was, without the key", () => {
  const typed = typed_of(PARTNER, TABLES);
  expect(typed.key).toBe("");
  const read = read_services(typed.services);
  if (!("services" in read)) throw new Error("the lines cannot be read");
  expect(body_of(typed, read.services, PARTNER.version)).toEqual({ rung: "open311", address: PARTNER.address, key: undefined, states: "georeport", settings: { ...PARTNER.settings, other: undefined, account: undefined }, version: 3 });
});

test("at the console no address and no key are sent, and the rest is kept for later", () => {
  const typed = { ...typed_of(PARTNER, TABLES), rung: "console" as const, key: "typed before" };
  const body = body_of(typed, { P01002: "burst" }, 3);
  expect([body.address, body.key, body.settings?.services]).toEqual([undefined, undefined, { P01002: "burst" }]);
});

test("by mail an address and a language are sent, and no key", () => {
  const typed = { ...typed_of(undefined, TABLES), rung: "mail" as const, address: " office@water.example ", key: "typed before", lang: "en", states: "mail" };
  const body = body_of(typed, {}, undefined);
  expect([body.address, body.key, body.settings?.lang]).toEqual(["office@water.example", undefined, "en"]);
});

test.each([
  ["P01002 = burst\n\n P01003=no water ", { services: { P01002: "burst", P01003: "no water" } }],
  ["P01002 burst", { services: { P01002: "burst" } }],
  ["", { services: {} }],
  ["P01002 = burst\nP01003", { wrong_line: 2 }],
  ["= burst", { wrong_line: 1 }],
])("codes line by line: %s", (text, read) => expect(read_services(text)).toEqual(read));

test("a way of being reached has its table", () => {
  expect([table_for("open311", TABLES), table_for("webhook", TABLES), table_for("mail", TABLES), table_for("console", TABLES), table_for("open311", [])]).toEqual(["georeport", "mulin", "mail", "updates", ""]);
});

test("only what is another is told, as it is now", () => {
  expect(differences(PARTNER, { ...PARTNER, version: 4, has_secret: true }, TABLES)).toEqual([]);
  const now: Partner = { ...PARTNER, version: 4, address: "https://new.example", settings: { ...PARTNER.settings, updates: false } };
  expect(differences(PARTNER, now, TABLES)).toEqual(["对方地址：https://new.example", "进展回传：不支持"]);
  expect(differences(PARTNER, { ...PARTNER, settings: { ...PARTNER.settings, lang: "en" } }, TABLES)).toEqual(["邮件语言：英文"]);
});
