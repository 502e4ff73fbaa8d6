// Staff at work through the API, as their screens will: signs in each demo account and takes whatever step the server offers it.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { accounts, BASE, fresh_source } from "./town.mjs";

const STEPS_MAX = 12;
const DONE = new Set(["confirming", "answered", "closed"]);

/** Steps that bring a case on, best first; each with what it needs. */
const FORWARD = [
  { action: "let_in" },
  { action: "take" },
  { action: "finish", note: "换了一段管子，路面已经冲洗干净。", photo: true },
  { action: "verify", note: "到现场看过，不漏了。" },
  { action: "self_handle" },
  { action: "accept" },
];
/** Where the post that has it has no demo account: the desk takes it back to itself. */
const SIDEWAYS = [
  { action: "redispatch", to: "subdistrict_desk", note: "演示：由街道窗口接着办。" },
  { action: "dispatch", to: "subdistrict_desk" },
];

/** Who is signed in, by login. A runner of several files hands on its own: a one-time code counts once, whoever asks with it. */
const sessions = new Map(Object.entries(handed_on()));

function handed_on() {
  return process.env.MULIN_SESSIONS ? JSON.parse(readFileSync(process.env.MULIN_SESSIONS, "utf8")) : {};
}

/** Signs in every demo account that has a password, for a runner to hand on as MULIN_SESSIONS. */
export async function sign_all_in() {
  for (const { login } of accounts().accounts.filter((one) => one.password)) await session_of(login);
  return Object.fromEntries(sessions);
}

/** Everybody of the demo who handles cases, signed in once; administrators do not. */
export function everybody() {
  const staff = accounts().accounts.filter((one) => one.password && one.post);
  return Promise.all(staff.map((one) => session_of(one.login)));
}

/** A session of one demo account, administrators too. */
export async function token_of(login) {
  return (await session_of(login)).token;
}

async function session_of(login) {
  if (sessions.has(login)) return sessions.get(login);
  const account = accounts().accounts.find((one) => one.login === login);
  if (!account) throw new Error(`the demo has no account ${login}`);
  const signed = await sign_in(account);
  if (signed.status !== 200) throw new Error(`${login} cannot sign in: ${signed.status} ${JSON.stringify(signed.body)}`);
  const session = { ...signed.body, login, role: account.role };
  sessions.set(login, session);
  return session;
}

function sign_in(account) {
  const code = account.totp_secret ? { code: totp(account.totp_secret) } : {};
  return call("POST", "/api/identity/sign-in", null, { login: account.login, password: account.password, ...code });
}

/** The grid one of the demo's people serves, so that a case there can be brought to its end. */
export async function find_staffed_grid() {
  const posts = (await everybody()).flatMap((one) => one.posts ?? []);
  const worker = posts.find((post) => /[JZ]\d{3}$/.test(post.area_path));
  if (!worker) throw new Error("no demo account serves a grid");
  return worker.area_path.split("/").pop();
}

/** Brings a case to where its reporter is asked, one step of the workflow after another; `proof` is the photo of what was done. */
export async function handle_case(number, proof = grey_png()) {
  const taken = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const state = (await take_a_step(number, FORWARD, proof)) ?? (await take_a_step(number, SIDEWAYS, proof));
    if (!state) throw new Error(`nobody can bring ${number} on after ${taken.join(", ") || "its report"}`);
    taken.push(`${state.did} → ${state.state}`);
    if (DONE.has(state.state)) return taken;
  }
  throw new Error(`${number} is not done after ${taken.join(", ")}`);
}

async function take_a_step(number, ways, proof) {
  for (const who of await everybody()) {
    const seen = await call("GET", `/api/cases/${number}`, who.token);
    if (seen.status !== 200) continue;
    const open = new Set(seen.body.actions.filter((one) => one.can).map((one) => one.action));
    const way = ways.find((one) => open.has(one.action));
    if (!way) continue;
    const photos = way.photo ? await keep_photo(who.token, proof) : undefined;
    const body = { action: way.action, version: seen.body.version, note: way.note, to: way.to, photos };
    const done = await call("POST", `/api/cases/${number}/actions`, who.token, body);
    if (done.status === 200) return { did: `${who.role ?? who.login} ${way.action}`, state: done.body.state };
    if (done.body?.done) return { did: `${who.role ?? who.login} ${way.action}`, state: "given away" };
    throw new Error(`${way.action} on ${number}: ${done.status} ${JSON.stringify(done.body)}`);
  }
  return null;
}

export async function keep_photo(token, bytes) {
  const form = new FormData();
  form.append("photos", new Blob([bytes]), "done.jpg");
  const reply = await fetch(`${BASE}/api/cases/photos`, { method: "POST", headers: token ? { authorization: `Bearer ${token}` } : {}, body: form });
  if (!reply.ok) throw new Error(`photos: ${reply.status} ${await reply.text()}`);
  return (await reply.json()).photos;
}

/** A PNG of four by three grey pixels. */
export function grey_png() {
  return Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAFElEQVR4nGOsaKplgAEmBiSAwgEANsoBfU12qIUAAAAASUVORK5CYII=", "base64");
}

export async function call(method, path, token, body, more = {}) {
  const headers = { accept: "application/json", "x-forwarded-for": fresh_source(), ...more };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  const reply = await fetch(`${BASE}${path}`, { method, headers, body: body && JSON.stringify(body) });
  return { status: reply.status, body: await reply.json().catch(() => null) };
}

/** The six digits of RFC 6238 for a base32 secret, now. */
function totp(secret) {
  const bits = [...secret].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((one) => parseInt(one, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
