import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printNote } from "./output.ts";

/** Milliseconds in which a process that is well answers. */
const PATIENCE = 4000;

/** Whether the Oakum that listens at `port` of this machine is ready: for a container's health check. */
export async function runHealth(output: Output, port: string): Promise<ExitCode> {
  const url = `http://127.0.0.1:${port}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
  if (answer?.ok === true) return EXIT.done;
  printNote(output, `oakum: ${answer === undefined ? "nobody answers" : "not ready"} at port ${port}`);
  return EXIT.pending;
}
