// Grid workers besides the demo's own, whom most stories need: one for each file of stories that wants phones and days to itself, and two who stand in
// for each other.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { call, token_of } from "./staff.mjs";
import { grid_of } from "./register.mjs";

const ADMIN = "system-admin";
/** Logins of the workers that `hire_workers` lets in; a file of stories that writes into a worker's day or fills their phones takes one of its own. */
export const HIRED = ["worker-2", "worker-3"];

/**
 * Lets a worker in for each of `HIRED`, all of other communities of the same street. They are known by these names, and are signed in already.
 * @returns {Promise<{account: {login: string, role: string, post: string, area: string}, session: object}[]>}
 */
export async function hire_workers() {
  const posts = (await posts_elsewhere()).filter((post) => seat(post, "main"));
  const hired = [];
  for (const [place, login] of HIRED.entries()) {
    const post = posts[place];
    const signed = await let_in(seat(post, "main").account);
    const known = { login, role: "grid_worker" };
    hired.push({ account: { ...known, post: post.name, area: post.area_path }, session: { ...signed, ...known } });
  }
  return hired;
}

/**
 * The main holder of a post and its stand-in, of the last community of the street: nobody else's story has to do with them.
 * @returns {Promise<{post: object, main: {name: string, token: string}, stand_in: {name: string, token: string}}>}
 */
export async function two_workers() {
  const posts = await posts_elsewhere();
  const post = posts.findLast((one) => seat(one, "main") && seat(one, "stand_in"));
  const [main, stand_in] = [seat(post, "main"), seat(post, "stand_in")];
  return { post, main: { name: main.name, token: (await let_in(main.account)).token }, stand_in: { name: stand_in.name, token: (await let_in(stand_in.account)).token } };
}

/** Grid workers' posts of the other communities of the street in which the demo's worker serves. */
async function posts_elsewhere() {
  const own = grid_of("worker").split("/");
  const community = own.slice(0, -1).join("/");
  const { body } = await call("GET", `/api/territory/posts?kind=grid_worker&area=${own.at(-3)}&limit=100`, await token_of("desk"));
  return body.items.filter((post) => !post.area_path.startsWith(`${community}/`));
}

function seat(post, role) {
  return post.holdings.find((held) => held.role === role);
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
  return (await call("POST", "/api/identity/sign-in", null, { login, password: fresh })).body;
}
