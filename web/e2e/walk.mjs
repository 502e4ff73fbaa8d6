// The main job, played through HTTP as four people (resident, water company, subdistrict desk, dispatcher) and a neighbour. Each step tells who did what, who has the next step, and until when.
// It has a small demo of its own, or walks where MULIN_BASE and MULIN_ACCOUNTS point. The server decides what may be done; this only asks.
import { start_district } from "./district.mjs";

const district = process.env.MULIN_BASE ? undefined : await start_district();
if (district) Object.assign(process.env, { MULIN_BASE: district.base, MULIN_ACCOUNTS: district.accounts_file });
// After the addresses are known, for they are read when these are loaded.
const { call, everybody, grey_png, keep_photo } = await import("./staff.mjs");

const WORDS = "门口路边的水管爆了，水流了一路。";
const NOT_FOR_A_GRID = "变压器嗡嗡响，还冒火花。";
/** A number nobody has; another one each time, for one source that reports again and again is looked at by a person first. */
const new_phone = () => `1990${String(Math.floor(Math.random() * 10_000_000)).padStart(7, "0")}`;

/** Who does what, in this order, and why. What a step needs is given along. */
const STEPS = [
  { who: "unit_desk", action: "take", why: "takes the case; from now on the time to handle it runs" },
  { who: "unit_desk", action: "finish", note: "换了一段管子，路面已经冲洗干净。", photo: true, why: "has done the work, and proves it with a photo" },
  { who: "subdistrict_desk", action: "verify", note: "到现场看过，不漏了。", why: "looks at the spot, because no inspector found it" },
  { who: "reporter", action: "reopen", note: "今天早上又漏了，比昨天还大。", photo: true, why: "says no, with new facts: the same case goes on, nobody starts again" },
  { who: "unit_desk", action: "finish", note: "接头重新做过，加了卡箍。", photo: true, why: "does it properly" },
  { who: "subdistrict_desk", action: "verify", note: "看了一天，不漏了。", why: "looks again" },
  { who: "reporter", action: "confirm", why: "says yes" },
  { who: "reporter", action: "rate", rating: 4, why: "rates how it was handled" },
];

const NAMES = {
  reporter: "居民 · Resident",
  neighbour: "邻居 · Neighbour",
  unit_desk: "供水公司 · Water company",
  subdistrict_desk: "街道窗口 · Subdistrict desk",
  dispatcher: "区网格中心 · District dispatcher",
};

let told = 0;

function tell(who, what, lines) {
  told += 1;
  console.log(`\n${told}. ${NAMES[who]}: ${what}`);
  for (const line of lines.filter(Boolean)) console.log(`     ${line}`);
}

/** Calls and expects to succeed; a refusal ends the walk with the server's own sentence. */
async function ask(method, path, token, body, headers) {
  const reply = await call(method, path, token, body, headers);
  if (reply.status < 300) return reply.body;
  throw new Error(`${method} ${path}: ${reply.status} ${reply.body?.title} ${reply.body?.title_en} ${reply.body?.detail_en ?? ""}`);
}

/** The grid of the demo's grid worker. */
function find_grid(staff) {
  return staff.get("grid_worker").posts[0].area_path.split("/").pop();
}

async function report(grid) {
  const suggested = await ask("GET", `/api/cases/suggest?words=${encodeURIComponent(WORDS)}`);
  const [best] = suggested;
  const body = { words: WORDS, type: best.code, place: { grid, address: "3 栋东头" }, reporter: { phone: new_phone() } };
  const receipt = await ask("POST", "/api/cases", null, body);
  tell("reporter", `reports “${WORDS}”`, [
    `suggested: ${best.name} (${best.because})`,
    `receipt:   number ${receipt.number}, follow code ${receipt.code}`,
    `routed:    ${receipt.why.zh}`,
    `           ${receipt.why.en}`,
    `now:       ${receipt.sentence.zh}`,
    `           ${receipt.sentence.en}`,
  ]);
  return receipt;
}

/** Somebody with the same trouble finds the case instead of reporting again. */
async function join(receipt) {
  const followed = await ask("POST", `/api/cases/${receipt.number}/followers`, null, { phone: new_phone() });
  tell("neighbour", "has it too, and joins with one tap instead of reporting again", [
    `follows:   ${followed.number} with a code of their own; ${followed.followers} more now waits for the same answer`,
  ]);
}

/** Another report, of something no published list asks of a grid worker: it cannot be handed down to one. */
async function refuse_dumping(staff, grid) {
  const [type] = await ask("GET", `/api/cases/suggest?words=${encodeURIComponent(NOT_FOR_A_GRID)}`);
  const other = await ask("POST", "/api/cases", null, { words: NOT_FOR_A_GRID, type: type.code, place: { grid }, reporter: { phone: new_phone() } });
  const { token } = staff.get("dispatcher");
  const seen = await ask("GET", `/api/cases/${other.number}`, token);
  const body = { action: "redispatch", version: seen.version, to: "grid_worker", note: "让网格员去处理。" };
  const reply = await call("POST", `/api/cases/${other.number}/actions`, token, body);
  if (reply.status < 300) throw new Error(`${type.name} was given to a grid worker`);
  tell("dispatcher", `tries to hand “${NOT_FOR_A_GRID}” to the grid worker, and is refused`, [
    `refused:   ${reply.body.title}`,
    `           ${reply.body.title_en}`,
    reply.body.detail && `           ${reply.body.detail}`,
    reply.body.detail_en && `           ${reply.body.detail_en}`,
  ]);
}

/** How each of the four proves who they are: staff by their session, the reporter by number and follow code. */
async function find_proof(staff, receipt) {
  const { follow } = await ask("POST", "/api/cases/lookup", null, { number: receipt.number, code: receipt.code });
  return (who) => (who === "reporter" ? { headers: { "mulin-follow": follow } } : { token: staff.get(who).token });
}

async function act(step, receipt, proof) {
  const { token, headers } = proof(step.who);
  const seen = await ask("GET", `/api/cases/${receipt.number}`, token, undefined, headers);
  const photos = step.photo ? await keep_photo(token, grey_png()) : undefined;
  const { action, note, rating } = step;
  const now = await ask("POST", `/api/cases/${receipt.number}/actions`, token, { action, version: seen.version, note, rating, photos }, headers);
  const { words } = seen.actions.find((one) => one.action === action);
  tell(step.who, `${words.zh} · ${words.en}: ${step.why}`, [
    note && `writes:    ${note}`,
    `now:       ${now.sentence.zh}`,
    `           ${now.sentence.en}`,
    now.left && `clock:     ${now.left.zh} · ${now.left.en}`,
  ]);
}

/** The time of day in China, as everybody here reads it. */
function clock(moment) {
  return new Date(moment).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
}

async function tell_history(receipt, proof) {
  const { token, headers } = proof("reporter");
  const seen = await ask("GET", `/api/cases/${receipt.number}`, token, undefined, headers);
  console.log(`\nWhat anybody who may see the case reads in its history:`);
  for (const entry of seen.timeline) console.log(`     ${clock(entry.at)}  ${entry.actor}: ${entry.action_words.zh} → ${entry.state_words.zh} · ${entry.action_words.en} → ${entry.state_words.en}`);
}

/** The staff of the demo, by role. */
async function sign_everybody_in() {
  const staff = new Map((await everybody()).map((one) => [one.role, one]));
  const missing = ["grid_worker", "unit_desk", "subdistrict_desk", "dispatcher"].filter((role) => !staff.has(role));
  if (missing.length > 0) throw new Error(`cannot sign in: ${missing.join(", ")} (a one-time code counts once; try again in 30 s)`);
  return staff;
}

async function walk() {
  const staff = await sign_everybody_in();
  const grid = find_grid(staff);
  const receipt = await report(grid);
  await join(receipt);
  await refuse_dumping(staff, grid);
  const proof = await find_proof(staff, receipt);
  for (const step of STEPS) await act(step, receipt, proof);
  await tell_history(receipt, proof);
}

try {
  await walk();
} catch (error) {
  console.error(`\nThe walk ends here: ${error.message}`);
  process.exitCode = 1;
} finally {
  await district?.stop();
}
