import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "pino";
import { AppError } from "../../core/errors.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { WriteLimits } from "../../core/write/window.ts";
import type { Budgets, Installation } from "../../store/budgets.ts";
import type { Turn, Writes } from "../writes.ts";
import type { Pace } from "./pace.ts";

/** What stands between us and GitHub: the limits that all of our processes keep to together. */
export interface WriteGate extends Writes {
  /** Before a request of an installation. UNAVAILABLE while GitHub wants to be left alone, or when a write must wait. */
  pass(of: Installation, request: { readonly writes: boolean; readonly notifies: boolean }): Promise<void>;
  /** Where whoever asks now stands among those who ask: by when its job began. So a job that is begun ends before later ones. */
  place(): number;
  /** GitHub said that it is asked too much, and how many seconds to wait, if it did. Answers with how many it is for all. */
  limited(of: Installation, seconds: number | undefined): Promise<number>;
}

export interface WriteGateOptions {
  readonly budgets: Budgets;
  readonly pace: Pace;
  readonly log: Logger;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** A turn that is under way in this process. */
interface Current {
  readonly turn: Turn;
  readonly place: number;
  state: "new" | "begun" | "waiting";
}

/** Milliseconds for which it is known that nobody was told of a limit. */
const FRESH = 2_000;
const HOUR = 3_600_000;

export function createWriteGate({ budgets, pace, log, now, sleep }: WriteGateOptions): WriteGate {
  const current = new AsyncLocalStorage<Current>();
  let places = 0;
  const pauses = new Map<string, { readonly until: number; readonly seen: number }>();

  async function pausedUntil(of: Installation): Promise<number> {
    const known = pauses.get(keyOf(of));
    const isFresh = known !== undefined && Math.abs(now() - known.seen) < FRESH;
    const until = isFresh ? known.until : await budgets.pausedUntil(of);
    if (!isFresh) pauses.set(keyOf(of), { until, seen: now() });
    // A clock that went back must not make it longer than any limit of GitHub's.
    return Math.min(until, now() + HOUR);
  }

  async function write(of: Installation, notifies: boolean, limits: WriteLimits): Promise<void> {
    const running: Current = current.getStore() ?? { turn: anyones(of), place: 0, state: "new" };
    const { key, repository, awaited, writes: cost } = running.turn;
    const turn = { key, repository: repositoryKey(repository), urgency: await running.turn.urgency(), awaited };
    const request = { turn, cost, begun: running.state === "begun", notifies };
    const decision = await budgets.write(of, request, limits, now());
    if (decision.state === "wait") {
      running.state = "waiting";
      throw later("the installation's writes of this hour are spoken for", decision.until - now());
    }
    running.state = "begun";
    const wait = decision.at - now();
    if (wait > 0) await sleep(wait);
  }

  return {
    async pass(of, { writes, notifies }) {
      // A pause is a reason for a write to wait in its turn, too.
      if (writes && pace.writes !== undefined) return write(of, notifies, pace.writes);
      const paused = (await pausedUntil(of)) - now();
      if (paused > 0) throw later("GitHub wants to be left alone", paused);
    },

    place: () => current.getStore()?.place ?? ++places,

    async limited(of, seconds) {
      const until = await budgets.pause(of, seconds, now());
      pauses.set(keyOf(of), { until, seen: now() });
      const wait = Math.max(1, Math.ceil((until - now()) / 1000));
      log.warn({ installation: of.installation, seconds: wait }, "GitHub asks to slow down");
      return wait;
    },

    async turn(turn, work) {
      const outer = current.getStore();
      const running: Current = { turn, place: outer?.place ?? ++places, state: "new" };
      try {
        return await current.run(running, work);
      } finally {
        // Who waits keeps its place.
        if (running.state === "waiting" && outer !== undefined) outer.state = "waiting";
        if (running.state !== "waiting" && pace.writes !== undefined) await budgets.release(turn.repository, turn.key);
      }
    },
  };
}

/** The turn of what is written outside of any job. */
function anyones(of: Installation): Turn {
  return {
    key: "other",
    repository: { ...of, repository: 0 },
    urgency: async () => "normal",
    awaited: true,
    writes: 1,
  };
}

function keyOf({ host, installation }: Installation): string {
  return `${host}/${installation}`;
}

function later(why: string, milliseconds: number): AppError {
  return new AppError("UNAVAILABLE", why, { retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)) });
}
