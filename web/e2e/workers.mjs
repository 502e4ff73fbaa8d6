// Two workers of neighbouring grids of whom one is the other's stand-in, both able to sign in; not the demo's own worker, whom other stories need.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { call, token_of } from "./staff.mjs";
import { grid_of } from "./register.mjs";

const ADMIN = "system-admin";

/**
 * The main holder of a post and its stand-in.
 * @returns {Promise<{post: object, main: {name: string, token: string}, stand_in: {name: string, token: string}}>}
 */
export async function two_workers() {
  const own = grid_of("worker");
  const community = own.split("/").slice(0, -1).pop();
  const { body } = await call("GET", `/api/territory/posts?kind=grid_worker&area=${community}&limit=100`, await token_of("worker"));
  const seat = (post, role) => post.holdings.find((held) => held.role === role);
  const busy = seat(body.items.find((post) => post.area_path === own), "main").account;
  const post = body.items.find((one) => seat(one, "main") && seat(one, "stand_in") && one.holdings.every((held) => held.account !== busy));
  const [main, stand_in] = [seat(post, "main"), seat(post, "stand_in")];
  return { post, main: { name: main.name, token: await let_in(main.account) }, stand_in: { name: stand_in.name, token: await let_in(stand_in.account) } };
}

/** Gives an account a password of its own, as an administrator and its owner do, and signs it in. */
async function let_in(account) {
  const admin = await token_of(ADMIN);
  const { login } = (await call("GET", `/api/identity/accounts/${account}`, admin)).body;
  const { password } = (await call("POST", `/api/identity/accounts/${account}/reset-password`, admin)).body;
  const fresh = randomBytes(18).toString("base64url");
  const first = await call("POST", "/api/identity/sign-in", null, { login, password });
  const changed = await call("POST", "/api/identity/password", first.body.token, { present: password, new: fresh });
  assert.equal(changed.status, 204, JSON.stringify(changed.body));
  return (await call("POST", "/api/identity/sign-in", null, { login, password: fresh })).body.token;
}
