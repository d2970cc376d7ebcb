import { expect, test } from "vitest";
import { createLogger } from "../../src/server/logger.ts";

test("secrets stay out of the log, however they come", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => lines.push(line) });
  const headers = { authorization: "hush", "x-hub-signature-256": "hush", host: "shown" };
  const error = Object.assign(new Error("failed"), { request: { headers } });
  log.info({ headers, request: { headers }, token: "hush", app: { privateKey: "hush", secret: "hush" } }, "received");
  log.error({ err: error }, "failed");
  expect(lines.join("")).not.toContain("hush");
  expect(lines.join("").match(/shown/g)).toHaveLength(3);
  log.debug("below the level");
  expect(lines).toHaveLength(2);
});
