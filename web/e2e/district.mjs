// A fresh small demo district and the real server on it, on a free port; for the stories and for the speed table.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const READY_MS_MAX = 60_000;
const JSON_BYTES_MAX = 64 * 1024 * 1024;

/** The server under test: MULIN_BIN, else the debug build. */
const MULIN = process.env.MULIN_BIN ?? fileURLToPath(new URL("../../target/debug/mulin", import.meta.url));

/**
 * Makes the district, and a sandbox beside it, and serves both. `stop` ends the server and leaves nothing behind.
 * @returns {Promise<{base: string, accounts_file: string, sandbox: Record<string, string>, stop: () => Promise<void>}>}
 */
export async function start_district() {
  if (!existsSync(MULIN)) throw new Error(`there is no server at ${MULIN}: build it (cargo build -p server) or set MULIN_BIN`);
  const folder = mkdtempSync(join(tmpdir(), "mulin-stories-"));
  const data = join(folder, "demo");
  const port = await free_port();
  const base = `http://127.0.0.1:${port}`;
  const env = environment(data, port);
  let server;
  const stop = async () => {
    if (server && server.exitCode === null) {
      server.kill("SIGTERM");
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    execFileSync(MULIN, ["demo", "--data", data, "--small"], { env, stdio: ["ignore", "ignore", "inherit"] });
    const accounts = execFileSync(MULIN, ["demo", "--data", data, "--accounts-json"], { env, maxBuffer: JSON_BYTES_MAX, stdio: ["ignore", "pipe", "ignore"] });
    const accounts_file = join(folder, "accounts.json");
    writeFileSync(accounts_file, accounts);
    const printed = execFileSync(MULIN, ["sandbox", "new", "--data", data], { env, stdio: ["ignore", "pipe", "inherit"] }).toString();
    const sandbox = Object.fromEntries(printed.split("\n").filter((line) => /^[A-Z]+=/.test(line)).map((line) => line.split(/=(.*)/s)));
    server = spawn(MULIN, ["serve", "--data", data], { env, stdio: ["ignore", "ignore", "inherit"] });
    await wait_until_ready(base, server);
    return { base, accounts_file, sandbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Each person of the stories comes from an address of their own, so the limits per source hold as in real life.
 * MULIN_STORIES_DATABASE names an empty PostgreSQL database for the district; without it, it is a file.
 */
function environment(data, port) {
  const { DATABASE_URL: _not_this_one, MULIN_STORIES_DATABASE: database, ...rest } = process.env;
  return { ...rest, ...(database && { DATABASE_URL: database }), MULIN_DATA: data, MULIN_LISTEN: `127.0.0.1:${port}`, MULIN_BEHIND_PROXY: "true", MULIN_DEMO: "true", MULIN_PRIVATE_NETWORKS: "127.0.0.0/8", MULIN_LOG: process.env.MULIN_LOG ?? "warn" };
}

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
