import { type Job, repositoryOf } from "../../core/job.ts";
import type { Priority } from "../../core/write/priority.ts";

/** The place of a job among those that are due, as pg-boss has it: the higher first. */
export type PlaceOf = (job: Job, at: number | undefined, priority: Priority) => number;

/** Seconds by which each point of its priority lets a job count as having come earlier. */
const AHEAD = 60;
/** Milliseconds between two jobs of one installation, however fast they come: what others have comes in between. */
const APART = 100;
const HOUR = 3_600_000;
/** Seconds since the epoch: so that the numbers stay within 32 bits until 2094. */
const BEGIN = Date.UTC(2026, 0, 1) / 1000;

/**
 * A place by when a job came, and not by its priority alone: what is urgent goes before what came a good while earlier, and
 * nothing waits for ever. Thousands of jobs of one installation, from one process, take their places over minutes: this
 * is remembered in memory, as it is about nothing but order.
 */
export function createJobOrder(now: () => number): PlaceOf {
  const last = new Map<string, number>();
  return (job, at, priority) => {
    const id = repositoryOf(job);
    let came = at ?? now();
    if (id !== undefined && came <= now()) {
      const flow = `${id.host}/${id.installation}`;
      // A clock that was set back, or very many: no job is put off for longer than that.
      came = Math.min(Math.max(came, (last.get(flow) ?? 0) + APART), came + HOUR);
      last.set(flow, came);
    }
    return BEGIN - Math.floor(came / 1000) + priority * AHEAD;
  };
}
