// The administration: each of the three administrators sees their own places and no other's; every screen in every guise.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { ADMIN_PLACES } from "../routes.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";

/** A question of the system administrator's to the API. */
async function as_system_admin(method, path, body) {
  const reply = await call(method, path, await token_of("system-admin"), body);
  assert.ok(reply.status < 300, `${method} ${path}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Asks again until it is so. */
async function until(is_so, ms_max = 30_000) {
  for (const give_up = Date.now() + ms_max; !(await is_so()); ) {
    if (Date.now() > give_up) throw new Error(`not so after ${ms_max / 1000} s`);
    await new Promise((go_on) => setTimeout(go_on, 500));
  }
}

async function holding_on(id) {
  const { items } = await as_system_admin("GET", "/api/territory/posts?kind=unit&limit=100");
  return items.find((one) => one.id === id).holdings[0];
}

/** Two people of whom no other story knows, the first on a post that was opened for them. */
async function two_people() {
  const [leaver, heir] = await Promise.all(["周离", "吴接"].map(async (name, n) => ({ name, account: (await as_system_admin("POST", "/api/identity/accounts", { kind: "staff", login: `hand.over.${n}`, name })).id })));
  const key = "hand_over_rehearsal";
  await as_system_admin("POST", "/api/territory/organisations", { key, name: "移交演练单位", kind: "operator" });
  const district = (await as_system_admin("GET", "/api/territory/areas?level=district")).items[0].code;
  const post = (await as_system_admin("POST", "/api/territory/posts", { kind: "unit", name: "移交演练值班", area: district, organisation: key })).id;
  await as_system_admin("POST", `/api/territory/posts/${post}/holdings`, { ...leaver, role: "main" });
  return { leaver: leaver.account, heir: heir.account, post };
}

describe("the administration", () => {
  with_browser();

  for (const [login, paths] of Object.entries(ADMIN_PLACES)) {
    for (const lang of ["zh", "en"]) {
      test(`${login} in ${lang}: no violation, nothing cut`, () =>
        as_staff({ login, lang, elder: lang === "en" }, async (page) => {
          const found = [];
          for (const path of paths) {
            await page.goto(path);
            await settle(page);
            for (const width of WIDTHS) {
              await resize(page, width);
              found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
            }
            if (lang === "zh" && ["/admin/rules/workflow", "/admin/audit", "/admin/hand-over"].includes(path)) await take_pictures(page, `admin-${path.split("/").pop()}`);
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }

  test("nobody sees another administrator's places, and each is told why", () =>
    as_staff({ login: "audit-admin" }, async (page, watch) => {
      watch.allow(403);
      for (const path of ["/admin/people", "/admin/grants", "/admin/health", "/admin/rules/dry-run"]) {
        await page.goto(path);
        await settle(page);
        assert.match(await page.locator("main").innerText(), /看不到|没有.*权限|不归|授权/, path);
        assert.equal(await page.locator("main table").count(), 0, `${path} shows a table`);
      }
      await page.goto("/admin");
      await settle(page);
      assert.equal(await page.locator("main a[href='/admin/people']").count(), 0, "what one may not enter is not offered");
    }));

  test("an organisation is added and changed; a post of its own is opened and closed again", () =>
    as_staff({ login: "system-admin" }, async (page, watch) => {
      watch.allow(422);
      await page.goto("/admin/organisations");
      await settle(page);
      await page.getByRole("button", { name: "增加单位" }).click();
      await page.locator("dialog button[form]").click();
      await page.locator("dialog .problem").first().waitFor();
      await page.fill("dialog [name=name]", "热力公司");
      await page.fill("dialog [name=key]", "heat_company");
      await page.locator("dialog button[form]").click();
      await page.getByRole("button", { name: "热力公司" }).click();
      await page.fill("dialog [name=phone]", "28880000");
      await page.locator("dialog button[form]").click();
      await page.locator("tr", { hasText: "热力公司" }).getByText("28880000").waitFor();

      await page.goto("/admin/posts");
      await settle(page);
      await page.getByRole("button", { name: "设立岗位" }).click();
      await page.getByLabel("岗位类别").last().selectOption("unit");
      await page.getByLabel("单位", { exact: true }).selectOption("heat_company");
      await page.getByLabel("岗位名称").fill("热力公司值班");
      await page.locator("dialog button[form]").click();
      await page.getByRole("button", { name: "热力公司值班" }).click();
      for (const _twice of [1, 2]) await page.locator("dialog").getByRole("button", { name: "撤销岗位" }).click();
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "热力公司值班" }).waitFor({ state: "detached" });
    }));

  test("a key of another system is shown once and opens its door until it is revoked", () =>
    as_staff({ login: "system-admin" }, async (page) => {
      await page.goto("/admin/keys");
      await settle(page);
      await page.getByRole("button", { name: "签发密钥" }).click();
      await page.fill("dialog [name=name]", "12345 热线平台");
      await page.locator("dialog button[form]").click();
      const key = await page.locator("dialog .secret").innerText();
      const knock = () => call("GET", "/api/identity/me", key).then((reply) => reply.status);
      assert.equal(await knock(), 200);
      await page.getByRole("button", { name: "记下了，关上" }).click();
      const line = page.locator("tr", { hasText: "12345 热线平台" }).last();
      await line.getByText("有效").waitFor();
      assert.ok(!(await page.content()).includes(key), "it is not shown again");
      // Counts are written down every few seconds.
      await until(async () => {
        await page.reload();
        await settle(page);
        return (await line.locator("[data-key-uses]").count()) > 0;
      });
      await line.locator("[data-key-uses]").click();
      await page.locator("dialog [data-key-use]", { hasText: "GET /api/identity/me" }).waitFor();
      assert.deepEqual([...(await find_axe(page)), ...(await find_overflow(page))], []);
      await take_pictures(page, "admin-key-uses");
      await page.keyboard.press("Escape");
      await line.locator("[data-rotate]").click();
      await page.locator("dialog button[form]").click();
      const newer = await page.locator("dialog .secret").innerText();
      assert.equal((await call("GET", "/api/identity/me", newer)).status, 200);
      assert.equal(await knock(), 200, "both hold for a while");
      await page.getByRole("button", { name: "记下了，关上" }).click();
      await line.getByRole("button", { name: /吊销/ }).click();
      await page.locator("dialog .button.danger").click();
      await line.getByText("已吊销").waitFor();
      assert.equal(await knock(), 401);
    }));

  test("a leaver's posts are handed over and, within ten minutes, taken back; what somebody changed since stays and is told", () =>
    as_staff({ login: "system-admin" }, async (page) => {
      const { leaver, heir, post } = await two_people();
      await page.goto("/admin/hand-over");
      await settle(page);
      const hand_over = async () => {
        await page.getByLabel("离任的人", { exact: true }).selectOption(leaver);
        await page.getByLabel("全部交给", { exact: true }).selectOption(heir);
        await page.getByRole("button", { name: "确认移交" }).click();
        await page.getByText("岗位已移交").waitFor();
      };
      const undo = async () => {
        await page.getByRole("button", { name: "撤销这次移交" }).click();
        await page.locator("dialog .button.danger").click();
      };
      await hand_over();
      assert.equal((await holding_on(post)).account, heir);
      await undo();
      await page.getByText(/已撤销：.*都退回/).waitFor();
      assert.equal((await holding_on(post)).account, leaver);

      await page.getByRole("button", { name: "重新移交" }).click();
      await hand_over();
      await as_system_admin("POST", `/api/territory/holdings/${(await holding_on(post)).id}/end`, {});
      await undo();
      await page.getByText(/之后又有变动/).waitFor();
      assert.equal(await holding_on(post), undefined, "what somebody changed stays");
    }));

  test("a wall comes in by its address, sees figures alone, and is dark when its key is revoked", () =>
    as_staff({ login: "system-admin" }, async (page) => {
      await page.goto("/admin/keys");
      await settle(page);
      await page.getByRole("button", { name: "开一块大屏" }).click();
      await page.fill("dialog [name=wall]", "区网格中心大厅");
      await page.locator("dialog button[form]").click();
      const address = await page.locator("dialog .secret").innerText();
      assert.match(address, /\/map\/wall#key=./);
      await as_resident({ width: 1366 }, async (wall, watch) => {
        watch.allow(401);
        await wall.goto(address);
        await wall.locator(".wall-areas tbody tr").first().waitFor();
        assert.ok(!wall.url().includes("key="), "the key has left the address");
        await wall.goto("/map/table");
        await wall.waitForURL("**/map/wall");
        await wall.locator(".wall-figures").waitFor();
        assert.equal(await wall.locator("nav a").count(), 0, "no other place is offered");
        await page.getByRole("button", { name: "记下了，关上" }).click();
        await page.locator("tr", { hasText: "区网格中心大厅" }).getByRole("button", { name: /吊销/ }).click();
        await page.locator("dialog .button.danger").click();
        await page.locator("tr", { hasText: "区网格中心大厅" }).getByText("已吊销").waitFor();
        await wall.getByText("这块大屏已停用").waitFor({ timeout: 60_000 });
        assert.equal(await wall.locator(".wall").count(), 0);
      });
    }));

  test("the audit search keeps its filters in the address", () =>
    as_staff({ login: "audit-admin" }, async (page) => {
      await page.goto("/admin/audit");
      await settle(page);
      await page.locator("table tbody tr").first().waitFor();
      const link = page.locator("a[href*='audit.csv']").first();
      assert.ok(await link.count(), "and may be taken along as a file");
      assert.equal((await page.request.get(await link.getAttribute("href"))).status(), 200);
    }));
});
