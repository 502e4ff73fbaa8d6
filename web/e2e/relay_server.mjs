// A gateway of relayed calls for the stories: it binds a number to a telephone, once for each of our ids, and takes it back.
import { once } from "node:events";
import { createServer } from "node:http";

/** Opens one on a free port. */
export async function open_relay_server() {
  const bound = new Map();
  const released = [];
  const server = createServer(async (request, reply) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = JSON.parse(Buffer.concat(parts).toString());
    const answer = (data) => reply.writeHead(200, { "content-type": "application/json", connection: "close" }).end(JSON.stringify({ code: "OK", data }));
    if (request.url === "/v1/unbind") {
      released.push(body.binding_id);
      answer(null);
      return;
    }
    if (!bound.has(body.request_id)) bound.set(body.request_id, { ...body, number: `950130${String(10_000 + bound.size)}`, binding_id: `b-${body.request_id}` });
    const { number, binding_id } = bound.get(body.request_id);
    answer({ number, extension: "12", binding_id });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { bound: () => [...bound.values()], released, url: `http://127.0.0.1:${server.address().port}/v1`, close: () => new Promise((done) => server.close(done)) };
}
