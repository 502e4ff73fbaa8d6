// The client's types are those of openapi.json; when this fails: npm run client.
// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

test("the client is made from the description as it is now", async () => {
  const description = JSON.parse(readFileSync(new URL("../../../openapi.json", import.meta.url), "utf8"));
  const made = COMMENT_HEADER + astToString(await openapiTS(description));
  expect(readFileSync(new URL("schema.d.ts", import.meta.url), "utf8")).toBe(made);
});
