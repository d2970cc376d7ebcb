import { parseArgs } from "node:util";
import { startAdvisories } from "./server.ts";

/** The advisory source as a process: `--advisories DIR` holds one OSV document per file. */
const { values } = parseArgs({ options: { advisories: { type: "string" } } });
if (values.advisories === undefined) throw new Error("usage: osv --advisories DIR");
const { url } = await startAdvisories(values.advisories);
process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
process.on("SIGTERM", () => process.exit(0));
