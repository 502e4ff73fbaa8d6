// Runs the browser stories on a district of their own, with Node's own test runner and its summary.
// Words after the command choose stories: `npm run stories -- report`; `matrix` is the long one for `make soak`. MULIN_STORY runs those alone
// whose title has its words. MULIN_PICTURES=1 renews docs/pictures.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { start_district } from "./district.mjs";

const FOLDER = fileURLToPath(new URL("stories/", import.meta.url));
const MATRIX = fileURLToPath(new URL("matrix.test.mjs", import.meta.url));

const wanted = process.argv.slice(2);
const stories = wanted.includes("matrix") ? [MATRIX] : readdirSync(FOLDER)
  .filter((name) => name.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .map((name) => join(FOLDER, name));
const only = process.env.MULIN_STORY ? [`--test-name-pattern=${process.env.MULIN_STORY}`] : [];
const district = await start_district();
Object.assign(process.env, { MULIN_BASE: district.base, MULIN_ACCOUNTS: district.accounts_file, MULIN_SANDBOX: JSON.stringify(district.sandbox) });
try {
  // After the addresses are known, for they are read when it is loaded.
  const { sign_all_in } = await import("./staff.mjs");
  const { hire_workers } = await import("./workers.mjs");
  const signed_in = await sign_all_in();
  const known = JSON.parse(readFileSync(district.accounts_file));
  for (const { account, session } of await hire_workers()) {
    known.accounts.push(account);
    signed_in[account.login] = session;
  }
  writeFileSync(district.accounts_file, JSON.stringify(known));
  const sessions = join(dirname(district.accounts_file), "sessions.json");
  writeFileSync(sessions, JSON.stringify(signed_in));
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=2", "--test-reporter=spec", ...only, ...stories], {
    env: { ...process.env, MULIN_SESSIONS: sessions },
    stdio: "inherit",
  });
  const [code] = await once(tests, "exit");
  process.exitCode = code ?? 1;
} finally {
  await district.stop();
}
