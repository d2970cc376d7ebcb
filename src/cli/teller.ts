import type { LedgerEntry } from "../core/ledger.ts";
import { narrate } from "../core/view/narration.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";
import { stepLine, type Task } from "./step-line.ts";

/** Tells a story step by step: each on a line when it is done, with its duration, and what is under way below. */
export interface Teller {
  /** Something begins. */
  begin(who: string, doing: string): void;
  /** What this one was doing is done. */
  done(who: string, what: string): void;
  /** Oakum recorded something. */
  row(entry: LedgerEntry, repositories: Readonly<Record<string, number>>): void;
  /** A fact beside the steps. */
  say(who: string, what: string): void;
}

/** Who does what has no name of its own in the story. */
const OAKUM = "oakum";

/** `now` in milliseconds since the epoch. A repository's first step is measured from the newest `done`. */
export function createTeller({ colours }: Output, progress: Progress, now: () => number): Teller {
  const tasks = new Map<string, Task>();
  const ended = new Map<string, number>();
  let start = now();
  const show = () => progress.show([...tasks.values()]);
  const begin = (who: string, doing: string, since = now()) => {
    tasks.set(who, { who, doing, since });
    show();
  };
  return {
    begin,
    done(who, what) {
      const took = now() - (tasks.get(who)?.since ?? start);
      start = now();
      tasks.delete(who);
      progress.print(`${stepLine({ who, what, took }, colours)}\n`);
      show();
    },
    row(entry, repositories) {
      const told = narrate(entry, repositories);
      if (told === undefined) return;
      const at = Date.parse(entry.at);
      const took = at - (ended.get(told.who) ?? start);
      ended.set(told.who, at);
      if (told.next === undefined) {
        tasks.delete(told.who);
      } else {
        tasks.delete(OAKUM);
        tasks.set(told.who, { who: told.who, doing: told.next, since: at });
      }
      progress.print(`${stepLine({ ...told, took }, colours)}\n`);
      show();
    },
    say: (who, what) => progress.print(`${stepLine({ who, what }, colours)}\n`),
  };
}
