// Runs the browser stories: a fresh small demo district, the real server on a free port, then Node's own test runner with its summary.
// MULIN_BIN names the server (default: the debug build). Words after the command choose stories: `npm run stories -- report`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_MS_MAX = 60_000;
const here = new URL(".", import.meta.url).pathname;
const mulin = process.env.MULIN_BIN ?? join(here, "../../target/debug/mulin");

async function free_port() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function wait_until_ready(base, server) {
  const give_up = Date.now() + READY_MS_MAX;
  while (Date.now() < give_up) {
    if (server.exitCode !== null) throw new Error(`the server stopped with ${server.exitCode} before it was ready`);
    const ready = await fetch(`${base}/readyz`).then((reply) => reply.ok, () => false);
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server was not ready after ${READY_MS_MAX / 1000} s`);
}

/** Each person of the stories comes from an address of their own, so the limits per source hold as in real life. */
function environment(data, port) {
  const { DATABASE_URL: _not_this_one, ...rest } = process.env;
  return { ...rest, MULIN_DATA: data, MULIN_LISTEN: `127.0.0.1:${port}`, MULIN_BEHIND_PROXY: "true", MULIN_DEMO: "true", MULIN_LOG: process.env.MULIN_LOG ?? "warn" };
}

if (!existsSync(mulin)) {
  console.error(`There is no server at ${mulin}: build it (cargo build -p server) or set MULIN_BIN.`);
  process.exit(1);
}
const data = mkdtempSync(join(tmpdir(), "mulin-stories-"));
const port = await free_port();
const base = `http://127.0.0.1:${port}`;
const env = environment(data, port);
let server;
let code = 1;
try {
  const demo = join(data, "demo");
  execFileSync(mulin, ["demo", "--data", demo, "--small"], { env: { ...env, MULIN_DATA: demo }, stdio: ["ignore", "ignore", "inherit"] });
  const accounts = execFileSync(mulin, ["demo", "--data", demo, "--accounts-json"], { env: { ...env, MULIN_DATA: demo }, maxBuffer: 64 << 20 });
  const accounts_file = join(data, "accounts.json");
  writeFileSync(accounts_file, accounts);
  server = spawn(mulin, ["serve", "--data", demo], { env: { ...env, MULIN_DATA: demo }, stdio: ["ignore", "ignore", "inherit"] });
  await wait_until_ready(base, server);
  const wanted = process.argv.slice(2);
  const stories = readdirSync(join(here, "stories"))
    .filter((name) => name.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
    .map((name) => join(here, "stories", name));
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...stories], {
    env: { ...process.env, MULIN_BASE: base, MULIN_ACCOUNTS: accounts_file },
    stdio: "inherit",
  });
  [code] = await once(tests, "exit");
} finally {
  server?.kill("SIGTERM");
  if (server && server.exitCode === null) await once(server, "exit");
  rmSync(data, { recursive: true, force: true });
}
process.exit(code ?? 1);
