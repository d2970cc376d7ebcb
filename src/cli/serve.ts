import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printLine, printNote } from "./output.ts";
import type { RunningApp } from "./tools.ts";

/** Runs the App, or a worker of it, until it is asked to stop (SIGTERM, SIGINT); a second signal ends it at once. */
export async function runServe(output: Output, startApp: () => Promise<RunningApp>): Promise<ExitCode> {
  const { url, stop } = await startApp();
  printLine(output, `Oakum is up${url === undefined ? "" : ` at ${url}`}`);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  process.once("SIGINT", () => process.exit(EXIT.bug));
  printNote(output, "stopping: what is under way is finished first");
  await stop();
  return EXIT.done;
}
