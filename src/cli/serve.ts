import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printLine, printNote } from "./output.ts";
import type { RunningApp } from "./tools.ts";

/**
 * Runs the App, or a worker of it, until it is asked to stop (SIGTERM, SIGINT) or a newer version has taken its store over; a
 * second signal ends it at once.
 */
export async function runServe(output: Output, startApp: () => Promise<RunningApp>): Promise<ExitCode> {
  const { url, superseded, stop } = await startApp();
  printLine(output, `Oakum is up${url === undefined ? "" : ` at ${url}`}`);
  const signal = new Promise<undefined>((resolve) => {
    process.once("SIGTERM", () => resolve(undefined));
    process.once("SIGINT", () => resolve(undefined));
  });
  const reason = await Promise.race([signal, superseded]);
  process.once("SIGINT", () => process.exit(EXIT.bug));
  printNote(output, "stopping: what is under way is finished first");
  await stop();
  if (reason === undefined) return EXIT.done;
  printNote(output, `${reason.message}: this process is older, and is to be replaced by one of that version`);
  return EXIT.input;
}
