// A little of the register for stories, entered through the API as a desk would: an estate with one building, homes, people.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { call, token_of } from "./staff.mjs";
import { accounts, fresh_phone } from "./town.mjs";

const DESK = "desk";

/** The path of the grid an account serves. */
export function grid_of(login) {
  return accounts().accounts.find((one) => one.login === login).area;
}

/** Another grid of the same community as the worker's. */
export async function other_grid() {
  const own = grid_of("worker");
  const below = own.split("/").slice(0, -1).pop();
  const page = await call("GET", `/api/territory/areas?below=${below}&level=grid&limit=20`, await token_of(DESK));
  return page.body.items.find((one) => one.path !== own).path;
}

/** Does something at the register as the desk, and answers the deed. */
export async function deed(path, body, login = DESK) {
  const done = await call("POST", `/api/registry/${path}`, await token_of(login), { given: { source: "door" }, ...body });
  assert.equal(done.status, 200, `${path}: ${JSON.stringify(done.body)}`);
  return done.body;
}

/** Enters a record and answers its id. */
export async function enter(kind, values, more = {}) {
  return (await deed("records", { kind, values, ...more })).id;
}

const TREES = "松柏梅兰竹菊荷桂桃李杏榆槐枫";

/** A name no other estate of the stories has. */
function estate_name() {
  return `${Array.from({ length: 4 }, () => TREES[randomInt(TREES.length)]).join("")}村`;
}

/**
 * An estate with a building of two units, three floors and two rooms a floor; answers its name, the building and the homes by room.
 * @param {string} area_path the grid
 */
export async function make_building(area_path) {
  const name = estate_name();
  const estate = await enter("place", { level: "estate", name }, { area_path });
  const building = await enter("place", { level: "building", name: "5栋" }, { place: estate });
  const homes = {};
  for (const unit_name of ["1单元", "2单元"]) {
    const unit = await enter("place", { level: "unit", name: unit_name }, { place: building });
    for (const room of ["301", "302", "201", "202", "101", "102"]) {
      const place = await enter("place", { level: "room", name: room }, { place: unit });
      const occupancy = { 301: "own", 302: "rent", 201: "vacant", 202: "own", 101: "other" }[room];
      homes[`${unit_name}${room}`] = await enter("dwelling", { use: "residential", ...(occupancy && { occupancy }) }, { place });
    }
  }
  return { name, estate, building, homes, area_path };
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** An identity number that is right in form and belongs to nobody: no county has the code 430299. An odd order is a man's. */
export function specimen(birth, sex) {
  const order = 2 * randomInt(499) + (sex === "male" ? 1 : 2);
  const body = `430299${birth}${String(order).padStart(3, "0")}`;
  const sum = [...body].reduce((all, digit, at) => all + Number(digit) * WEIGHTS[at], 0);
  return body + "10X98765432"[sum % 11];
}

/** Somebody who lives in a home; answers id, name, phone and document. */
export async function make_person(home, area_path, { name, relation, birth = "19600302", sex = "female", phone = fresh_phone(), document = specimen(birth, sex), ...values }) {
  const id = await enter("person", { name, phones: [phone], documents: [document], ...values }, { area_path });
  await deed(`people/${id}/move-in`, { dwelling: home, values: { kind: "registered", ...(relation && { relation }) } });
  return { id, name, phone, document };
}

/** A table of people as a clerk would bring it: one is right, one has a wrong check character, one lives at an address nobody knows. */
export function table_of_people(estate) {
  const lines = [
    ["姓名", "证件号码", "手机", "地址", "与户主关系", "居住类别"],
    ["周小满", specimen("19880412"), "13907330021", `${estate}5栋1单元201`, "户主", "户籍人口"],
    ["周大寒", `${specimen("19900412").slice(0, 17)}?`, "13907330022", `${estate}5栋1单元201`, "配偶", "户籍人口"],
    ["周立春", specimen("19920412"), "13907330023", `${estate}99栋8单元801`, "子女", "户籍人口"],
  ];
  return { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(lines.map((line) => line.join(",")).join("\r\n")) };
}
