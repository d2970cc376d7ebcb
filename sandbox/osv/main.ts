import { parseArgs } from "node:util";
import { startAdvisories } from "./server.ts";

/** The advisory source as a process: `--advisories DIR` holds one OSV document per file. */
const { values } = parseArgs({
  options: { advisories: { type: "string" }, port: { type: "string", default: "0" } },
});
if (values.advisories === undefined) throw new Error("usage: osv --advisories DIR [--port PORT]");
const { url } = await startAdvisories(values.advisories, Number(values.port));
process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
process.on("SIGTERM", () => process.exit(0));
