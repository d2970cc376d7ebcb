import type { Control, PauseShown } from "../control/control.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printJson, printLine } from "./output.ts";

interface Order {
  /** The user who asks. */
  readonly by: string;
  readonly account?: string | undefined;
  readonly why?: string | undefined;
  readonly output: Output;
}

/** `oakum pause`: nothing new starts, what is under way finishes or is undone. */
export async function runPause({ output, ...order }: Order, open: () => Promise<Control>): Promise<ExitCode> {
  const pause = await using(open, (control) => control.ask("pause", order));
  if (output.json) printJson(output, pause);
  else printLine(output, `${describePause(pause)}; what is under way finishes or is undone`);
  return EXIT.done;
}

/** `oakum resume`: what waited goes on. */
export async function runResume({ output, ...order }: Order, open: () => Promise<Control>): Promise<ExitCode> {
  const ended = await using(open, (control) => control.ask("resume", order));
  if (output.json) for (const pause of ended) printJson(output, pause);
  else if (ended.length === 0) printLine(output, "nothing was paused");
  else for (const { account } of ended) printLine(output, `resumed: ${account ?? "everything"}`);
  return EXIT.done;
}

/** `oakum status`: what is known and what waits, for its time or for GitHub; and first of all, whether anything is paused. */
export async function runStatus(output: Output, open: () => Promise<Control>): Promise<ExitCode> {
  const status = await using(open, (control) => control.ask("status", {}));
  if (output.json) {
    printJson(output, status);
    return EXIT.done;
  }
  if (status.pauses.length === 0) printLine(output, "nothing is paused");
  for (const pause of status.pauses) printLine(output, describePause(pause));
  const { repositories, branches, openPulls, jobs, backlogs } = status;
  const others = branches === 0 ? "" : `, ${count(branches, "other branch", "other branches")} of them`;
  printLine(output, `${repositories} repositories${others}, ${openPulls} pull requests open`);
  printLine(output, `jobs: ${jobs.due} due, ${jobs.active} running, ${jobs.waiting} waiting for their time`);
  for (const { account, installation, text } of backlogs) {
    printLine(output, `${account ?? `installation ${installation}`}: ${text}`);
  }
  return EXIT.done;
}

function describePause({ account, since, by, why }: PauseShown): string {
  return `paused: ${account ?? "everything"}, since ${since}, by ${by}${why === undefined ? "" : ` (${why})`}`;
}

async function using<T>(open: () => Promise<Control>, work: (control: Control) => Promise<T>): Promise<T> {
  const control = await open();
  return work(control).finally(() => control.close());
}
