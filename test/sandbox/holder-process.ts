import { startPart } from "../../sandbox/process.ts";

/** Starts a part of the sandbox with these options, says so, and stays. */
const [name = "", ...options] = process.argv.slice(2);
await startPart(name, options);
process.stdout.write("started\n");
