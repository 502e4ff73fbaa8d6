// A bad line of the stories' own: it stands between browser and server and cuts, slows, doubles, reorders, and loses answers after the server's commit.
import { once } from "node:events";
import http from "node:http";

const SLOW_MS = 400;
const REORDER_MS = 250;

/**
 * @typedef {"pass"|"cut"|"lose"|"slow"|"double"|"reorder"|"hang"} Fault
 * `cut`: it never arrives. `hang`: neither, and nobody says so. `lose`: it arrives and is done, the answer does not come back. `double`: it arrives twice. `reorder`: a later one overtakes it.
 * @param {string} target the server
 * @param {(request: {method: string, path: string}) => Fault} choose
 * `rewrite` changes what an address answers, as a newer server would.
 * @returns {Promise<{base: string, counts: Record<Fault, number>, set: (choose: (request: object) => Fault) => void, rewrite: (path: string, change: (body: Buffer) => Buffer) => void, close: () => Promise<void>}>}
 */
export async function start_line(target, choose = () => "pass") {
  const counts = { pass: 0, cut: 0, lose: 0, slow: 0, double: 0, reorder: 0, hang: 0 };
  const line = { choose };
  const changes = new Map();
  const onward = new Set();
  const server = http.createServer((request, answer) => void carry(request, answer).catch(() => answer.destroy()));
  async function carry(request, answer) {
    // A stream has no end to wait for: it only passes.
    if (request.headers.accept?.includes("text/event-stream")) return pass_on(target, request, answer, onward);
    const fault = line.choose({ method: request.method, path: request.url });
    counts[fault] += 1;
    if (fault === "cut") return request.socket.destroy();
    if (fault === "hang") return;
    const body = await read(request);
    if (fault === "slow") await wait(SLOW_MS);
    if (fault === "reorder") await wait(REORDER_MS + Math.random() * REORDER_MS);
    if (fault === "double") await forward(target, request, body, onward);
    const told = await forward(target, request, body, onward);
    if (fault === "lose") return request.socket.destroy();
    const change = changes.get(request.url);
    const { "content-length": _before, ...headers } = told.headers;
    answer.writeHead(told.status, change ? headers : told.headers);
    answer.end(change ? change(told.body) : told.body);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    counts,
    set: (next) => { line.choose = next; },
    rewrite: (path, change) => void changes.set(path, change),
    close: async () => {
      for (const one of onward) one.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function read(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Hands a request on as it came and reads the answer whole: what is lost afterwards has been committed. */
async function forward(target, { method, url, headers }, body, onward) {
  const request = begin(target, { method, url, headers }, onward);
  request.end(body);
  const [told] = await once(request, "response");
  const { connection: _ours, "transfer-encoding": _whole, ...rest } = told.headers;
  return { status: told.statusCode, headers: rest, body: await read(told) };
}

async function pass_on(target, asked, answer, onward) {
  const request = begin(target, asked, onward);
  request.end();
  answer.on("close", () => request.destroy());
  const [told] = await once(request, "response");
  answer.writeHead(told.statusCode, told.headers);
  told.pipe(answer);
}

function begin(target, { method, url, headers }, onward) {
  const request = http.request(new URL(url, target), { method, headers: { ...headers, connection: "close" } });
  onward.add(request);
  request.on("close", () => onward.delete(request));
  return request;
}
