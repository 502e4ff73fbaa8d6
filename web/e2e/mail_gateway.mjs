// The district's mail server, lent to one story at a time: two that run side by side would take each other's mail. Whoever sets another puts
// back what stood there, or stories after it write to one that is closed.
import assert from "node:assert/strict";
import { mkdirSync, rmdirSync } from "node:fs";
import { call, token_of } from "./staff.mjs";
import { until } from "./until.mjs";

const PATH = "/api/messages/gateways/mail";
/** There while it is lent: making a folder that is there already fails, whoever else tries. */
const LENT = `${process.env.MULIN_ACCOUNTS}.mail-lent`;
const LENT_MS_MAX = 180_000;

function take() {
  try {
    mkdirSync(LENT);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

async function find_gateway(admin) {
  const { body } = await call("GET", "/api/messages/gateways", admin);
  return body.items.find((one) => one.channel === "mail");
}

/** Waits until nobody else has it, and notes how mail leaves now; answers how to put it back. A demo has no gateway of its own and prints. */
export async function lend_mail_gateway() {
  await until(take, "the mail server is put back by another story", LENT_MS_MAX);
  const { is_set, address, settings } = await find_gateway(await token_of("system-admin"));
  return async () => {
    try {
      const admin = await token_of("system-admin");
      if (!is_set && !(await find_gateway(admin)).is_set) return;
      const put = is_set ? await call("PUT", PATH, admin, { address, settings }) : await call("DELETE", PATH, admin);
      assert.equal(put.status, 204, JSON.stringify(put.body));
    } finally {
      rmdirSync(LENT);
    }
  };
}
