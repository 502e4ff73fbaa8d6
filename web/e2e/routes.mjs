// Every address of every face with somebody who may enter it; what needs a number or an id is asked of the running district.
import { grid_of, make_building, make_person } from "./register.mjs";
import { call, find_staffed_grid, token_of } from "./staff.mjs";
import { fresh_phone } from "./town.mjs";

/** Who may see what in the administration: the first named enters, the others are told why not. */
export const ADMIN_PLACES = {
  "system-admin": ["/admin", "/admin/people", "/admin/posts", "/admin/organisations", "/admin/keys", "/admin/broker", "/admin/hand-over", "/admin/areas", "/admin/areas/import", "/admin/messages", "/admin/health"],
  "security-admin": ["/admin/roles", "/admin/grants", "/admin/see-as", "/admin/alarms"],
  "audit-admin": ["/admin/audit"],
  dispatcher: ["/admin/rules/types", "/admin/rules/duty-lists", "/admin/rules/workflow", "/admin/rules/dry-run", "/admin/rules/working-days", "/admin/basis/kept", "/admin/basis/notices", "/admin/basis/impact", "/admin/basis/sweeps"],
};
/** What a person without an account sees, `undefined` as login. */
const RESIDENT = ["/", "/lists", "/lists/responsibilities", "/lists/grid_matters/default-1", "/report", "/follow", "/grids", "/inbox", "/help", "/sign-in", "/privacy", "/no-such-page"];

/** Fieldwork on the desk, as far as no id is needed. */
const FIELDWORK = ["/desk/forms", "/desk/forms/new", "/desk/campaigns", "/desk/campaigns/new", "/desk/routes", "/desk/routes/new", "/desk/rules", "/desk/days", "/desk/sheets", "/desk/stand-ins", "/desk/devices"];

/** All of them as pairs of a login (undefined: nobody) and addresses. */
export async function every_route() {
  const grid = await find_staffed_grid();
  const body = { words: "楼下有人遛狗不牵绳，狗屎也不收，老人孩子都怕。", type: "P06004", place: { grid, address: "3栋前坪" }, source: "desk", reporter: { phone: fresh_phone() } };
  const { number } = (await call("POST", "/api/cases", await token_of("desk"), body)).body;
  const [account] = (await call("GET", "/api/identity/accounts", await token_of("system-admin"))).body.items;
  const { building, homes, estate } = await make_building(grid_of("worker"));
  const { id: person } = await make_person(homes["2单元301"], grid_of("worker"), { name: "张建明", relation: "head" });
  const [sensor] = (await call("GET", "/api/linkage/sensors?limit=1", await token_of("dispatcher"))).body.items;
  const asked = { person, record: person, what: "restrict" };
  const { id: request } = (await call("POST", "/api/registry/requests", await token_of("desk"), asked)).body;
  const below = [`people/${person}`, `homes/${homes["2单元301"]}`, `buildings/${building}`, `records/${estate}`];
  const register = (face, ...more) => [`/${face}/register`, ...[...more, ...below].map((path) => `/${face}/register/${path}`)];
  const administration = Object.entries(ADMIN_PLACES).map(([login, paths]) => [login, [...paths]]);
  administration[0][1].push(`/admin/people/${account.id}`, `/admin/areas/${grid}`, "/admin/no-such-page");
  return [
    [undefined, [...RESIDENT, `/grids?area=${grid.slice(0, 12)}`, `/grids/${grid}`, `/report?grid=${grid}`]],
    ["worker", ["/grid", `/grid/case/${number}`, "/grid/report", "/grid/day", "/grid/diary", "/grid/stand-in", "/grid/devices", "/grid/me", ...register("grid")]],
    ["desk", ["/desk/mine", "/desk/area", "/desk/overdue", "/desk/waiting", "/desk/all", `/desk/case/${number}`, "/desk/report", "/desk/search", "/desk/search?q=遛狗", `/print/data/${person}`, ...register("desk", "stale", "affected", "duplicates", "requests", `requests/${request}`, `requests/new?person=${person}`, `merge?keep=${person}`), ...FIELDWORK, "/desk/no-such-page"]],
    ["unit", ["/desk/unit", "/desk/outages", "/desk/outages/new", "/desk/together", "/desk/lists"]],
    ["dispatcher", ["/desk/together/figures", "/desk/partners", "/desk/hotline", "/desk/sensors", `/desk/sensors/${sensor.id}`, "/map", `/map?show=open&case=${number}`, "/map/table", "/map/wall"]],
    ...administration,
  ];
}
