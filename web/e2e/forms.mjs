// Forms for stories, as a street's desk writes them in Excel: one with every type of question, and one of a hundred questions.
import assert from "node:assert/strict";
import { token_of } from "./staff.mjs";
import { BASE, fresh_source } from "./town.mjs";
import { make_workbook } from "./workbook.mjs";

const SURVEY = ["type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "required", "relevant", "constraint", "constraint_message::中文 (zh)", "calculation", "choice_filter", "appearance", "parameters", "read_only", "default", "mulin::prefill", "mulin::fresh_days"];
const CHOICES = ["list_name", "name", "label::中文 (zh)", "label::English (en)", "street"];

/** A row of the survey by the names of its cells; short names for the heads of two languages. */
function row(cells) {
  const heads = { zh: SURVEY[2], en: SURVEY[3], hint: SURVEY[4], message: SURVEY[8], prefill: "mulin::prefill", fresh_days: "mulin::fresh_days" };
  const named = Object.fromEntries(Object.entries(cells).map(([key, value]) => [heads[key] ?? key, value]));
  assert.ok(Object.keys(named).every((key) => SURVEY.includes(key)), JSON.stringify(cells));
  return SURVEY.map((head) => named[head] ?? "");
}

const EVERY_TYPE = [
  { type: "note", name: "hello", zh: "先说明来意：燃气软管每户查一次。", en: "Say first why you come: each gas hose is checked once." },
  { type: "text", name: "who", zh: "开门的人怎么称呼", en: "Who opened the door", hint: "写称呼就行，不用写全名。", required: "yes" },
  { type: "integer", name: "people", zh: "家里住几个人", en: "How many live here", constraint: ". >= 0 and . <= 20", message: "0 到 20 之间。" },
  { type: "decimal", name: "hose", zh: "软管多长（米）", en: "Length of the hose (m)" },
  { type: "date", name: "changed", zh: "哪天换的软管", en: "When was the hose changed" },
  { type: "date", name: "month", zh: "哪个月装的灶", en: "Month the stove came", appearance: "month-year" },
  { type: "time", name: "home_at", zh: "一般几点在家", en: "At home from" },
  { type: "datetime", name: "again_at", zh: "约哪一刻再来", en: "When to come again" },
  { type: "select_one yes_no", name: "gas", zh: "用不用燃气", en: "Is gas used", required: "yes" },
  { type: "select_multiple wrong", name: "wrong", zh: "有什么问题", en: "What is wrong", relevant: "${gas} = 'yes'" },
  { type: "select_one streets", name: "street", zh: "常去哪个街道", en: "Which street", appearance: "minimal" },
  { type: "select_one places", name: "spot", zh: "常去哪个点", en: "Which spot", choice_filter: "street = ${street}" },
  { type: "select_one many", name: "maker", zh: "灶是什么牌子", en: "Make of the stove" },
  { type: "rank wrong", name: "order", zh: "先修哪个", en: "What to mend first" },
  { type: "range", name: "mood", zh: "满意几分", en: "How content", parameters: "start=1 end=5 step=1" },
  { type: "range", name: "warm", zh: "屋里几度", en: "How warm", parameters: "start=0 end=40 step=0.5" },
  { type: "image", name: "picture", zh: "拍一张软管", en: "A photo of the hose", parameters: "max-pixels=1024" },
  { type: "signature", name: "signed", zh: "请住户签名", en: "Signature of the resident" },
  { type: "barcode", name: "meter", zh: "燃气表的码", en: "Code of the meter" },
  { type: "geopoint", name: "here", zh: "在哪里", en: "Where" },
  { type: "audio", name: "said", zh: "口头说明", en: "Say it" },
  { type: "look_up person.name", name: "keeper", zh: "谁保管钥匙", en: "Who keeps the key" },
  { type: "begin group", name: "contact", zh: "联系办法", en: "How to reach them", appearance: "field-list" },
  { type: "text", name: "repair_line", zh: "物业报修打哪个号", en: "Number for repairs", appearance: "numbers" },
  { type: "text", name: "remark", zh: "备注", en: "Remark", appearance: "multiline" },
  { type: "end group", name: "" },
  { type: "begin repeat", name: "bottle", zh: "钢瓶", en: "Gas bottle" },
  { type: "text", name: "number", zh: "瓶号", en: "Number of the bottle", required: "yes" },
  { type: "integer", name: "kilos", zh: "几公斤", en: "Kilograms" },
  { type: "end repeat", name: "" },
  { type: "calculate", name: "total", calculation: "sum(${kilos})" },
  { type: "text", name: "sum", zh: "一共几公斤", en: "Kilograms in all", calculation: "${total}", read_only: "yes" },
  { type: "acknowledge", name: "told", zh: "已告诉住户怎么关阀", en: "The resident knows how to shut the valve", required: "yes" },
  { type: "file", name: "paper", zh: "附一份材料", en: "A paper" },
];

const LISTS = [
  ["yes_no", "yes", "用", "Yes"], ["yes_no", "no", "不用", "No"],
  ["wrong", "old", "老化", "Old"], ["wrong", "loose", "松动", "Loose"], ["wrong", "leak", "漏气", "Leaking"],
  ["streets", "tianxin", "田心", "Tianxin"], ["streets", "xiangshi", "响石岭", "Xiangshiling"],
  ["places", "market", "菜市场", "Market", "tianxin"], ["places", "park", "公园", "Park", "tianxin"], ["places", "school", "学校", "School", "xiangshi"],
  ...Array.from({ length: 40 }, (_, at) => ["many", `m${at}`, `第 ${at} 牌`, `Make ${at}`]),
];

/** One with every type of question, unlike any other by its key. */
export function every_type(key) {
  return workbook(key, "燃气软管检查", "Gas hoses", EVERY_TYPE.map(row));
}

/** A hundred questions, all of which a sum at the end depends on. */
export function hundred_questions(key) {
  const names = Array.from({ length: 100 }, (_, at) => `q${at}`);
  const asked = names.map((name, at) => row({ type: "integer", name, zh: `第 ${at} 个数`, en: `Number ${at}`, relevant: at > 0 ? "${q0} >= 0" : "" }));
  const group = [row({ type: "begin group", name: "all", zh: "一百个数", en: "A hundred numbers", appearance: "field-list" }), ...asked, row({ type: "end group", name: "" })];
  const sum = row({ type: "text", name: "total", zh: "合计", en: "Sum", calculation: names.map((name) => `coalesce(\${${name}}, 0)`).join(" + "), read_only: "yes" });
  return workbook(key, "一百题", "A hundred questions", [...group.slice(0, -1), sum, group[group.length - 1]]);
}

function workbook(key, title, title_en, rows) {
  return make_workbook({
    survey: [SURVEY, ...rows],
    choices: [CHOICES, ...LISTS],
    settings: [["form_title::中文 (zh)", "form_title::English (en)", "form_id", "version", "default_language"], [title, title_en, key, "1", "中文 (zh)"]],
  });
}

/** Uploads a workbook as the street's desk and publishes it; answers the version with its definition. */
export async function publish_form(bytes, area) {
  const token = await token_of("desk");
  const form = new FormData();
  form.append("area", area);
  form.append("file", new Blob([bytes]), "form.xlsx");
  const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": fresh_source() };
  const made = await fetch(`${BASE}/api/fieldwork/forms`, { method: "POST", headers, body: form });
  const version = await made.json();
  assert.equal(made.status, 200, JSON.stringify(version));
  const published = await fetch(`${BASE}/api/fieldwork/forms/${version.form}/versions/${version.number}/publish`, { method: "POST", headers });
  const live = await published.json();
  assert.equal(published.status, 200, JSON.stringify(live));
  return live;
}
