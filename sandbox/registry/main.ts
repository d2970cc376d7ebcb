import { parseArgs } from "node:util";
import { startRegistry } from "./server.ts";

const USAGE = 'usage: main.ts --state DIR [--port N] [--notify URL [--notify-header "Name: value"]...]\n';

/** The sandbox's registry as a process: one JSON line on stdout once it listens, SIGTERM ends it in order. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      port: { type: "string", default: "0" },
      notify: { type: "string" },
      "notify-header": { type: "string", multiple: true, default: [] },
    },
  });
  if (values.state === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const headers = Object.fromEntries(values["notify-header"].map(parseHeader));
  const registry = await startRegistry({
    state: values.state,
    port: Number(values.port),
    ...(values.notify === undefined ? {} : { notify: { url: values.notify, headers } }),
  });
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void registry.close());
  process.stdout.write(`${JSON.stringify({ ready: true, url: registry.url })}\n`);
}

function parseHeader(header: string): [string, string] {
  const colon = header.indexOf(":");
  return [header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()];
}

await main();
