import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

/** A channel that keeps what it is told: POST a notice, GET them all, one JSON line each. */
const { values } = parseArgs({ options: { state: { type: "string" }, port: { type: "string" } } });
if (values.state === undefined || values.port === undefined) throw new Error("usage: chat --state DIR --port PORT");
const file = join(values.state, "notices.jsonl");

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (request.method !== "POST") return void response.end(existsSync(file) ? readFileSync(file) : "");
  try {
    appendFileSync(file, `${JSON.stringify(JSON.parse(body))}\n`);
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end();
  }
});
server.listen(Number(values.port), "127.0.0.1", () => process.stdout.write('{"ready":true}\n'));
process.on("SIGTERM", () => process.exit(0));
