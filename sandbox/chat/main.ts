import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** A channel that keeps what it is told: POST a notice, GET them all, one JSON line each. */
const { values } = parseArgs({ options: { state: { type: "string" } } });
if (values.state === undefined) throw new Error("usage: chat --state DIR");
const file = join(values.state, "notices.jsonl");

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    response.end(existsSync(file) ? readFileSync(file) : "");
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const notice: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    appendFileSync(file, `${JSON.stringify(notice)}\n`);
    response.writeHead(204).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
