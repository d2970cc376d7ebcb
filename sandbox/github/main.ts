import { parseArgs } from "node:util";
import { startGitHub } from "./github.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" }, state: { type: "string" } } });
if (values.state === undefined) {
  process.stderr.write("usage: main.ts --state DIR [--port PORT]\n");
  process.exit(2);
}

const github = await startGitHub({ state: values.state, port: Number(values.port) });
process.stdout.write(`${JSON.stringify({ ready: true, url: github.url })}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void github.close().then(() => process.exit(0)));
}
