// A push service as browsers have one, and the browser's half of a subscription: what is pushed is opened with its keys (RFC 8291, RFC 8188).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const TAG_BYTES = 16;

/** Takes what is pushed to `/push/…` and opens it; `answer(status)` says otherwise from now on. */
export async function open_push_service() {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const auth = randomBytes(16);
  const taken = [];
  let status = 201;
  const server = createServer((request, reply) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      if (status === 201) taken.push({ path: request.url, headers: request.headers, said: opened(Buffer.concat(parts), keys, auth) });
      reply.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const subscription = { endpoint: `http://127.0.0.1:${server.address().port}/push/story`, keys: { p256dh: keys.getPublicKey("base64url"), auth: auth.toString("base64url") } };
  return { taken, subscription, answer: (told) => { status = told; }, close: () => new Promise((done) => server.close(done)) };
}

/** The record as a browser reads it: salt, size, key of the sender, and what is sealed. */
function opened(body, keys, auth) {
  const salt = body.subarray(0, 16);
  const theirs = body.subarray(21, 21 + body[20]);
  const sealed = body.subarray(21 + body[20]);
  const derive = (secret, with_salt, info, length) => Buffer.from(hkdfSync("sha256", secret, with_salt, info, length));
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), theirs]);
  const input = derive(keys.computeSecret(theirs), auth, info, 32);
  const key = derive(input, salt, "Content-Encoding: aes128gcm\0", 16);
  const cipher = createDecipheriv("aes-128-gcm", key, derive(input, salt, "Content-Encoding: nonce\0", 12));
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = Buffer.concat([cipher.update(sealed.subarray(0, -TAG_BYTES)), cipher.final()]);
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString("utf8"));
}
