import { z } from "zod";
import type { RequestName, Requests } from "../control/control.ts";
import { AppError } from "../core/errors.ts";
import { affectednesses, isVulnerabilityId, STALE_SCAN } from "../core/view/exposure.ts";
import { limitsText } from "../core/write/budget.ts";
import type { LimitsAt } from "../core/write/window.ts";
import { isNamed } from "../store/inverted-index.ts";
import type { OpenStore } from "../store/store.ts";
import { pause, pauses, resume } from "./pause/pause.ts";

/** Where a request is answered: in the process that has the store open. */
export interface Desk {
  readonly store: OpenStore;
  /** What GitHub lets an installation write. */
  readonly limitsAt: LimitsAt;
  /** Milliseconds since the epoch. */
  now(): number;
}

const MOST_ENTRIES = 1000;
const order = {
  by: z.string().min(1).max(200),
  account: z.string().min(1).max(100).optional(),
};

/** Every request with the shape of its input and its answer. */
const ANSWERS: {
  readonly [Name in RequestName]: {
    readonly input: z.ZodType<Requests[Name]["input"]>;
    answer(desk: Desk, input: Requests[Name]["input"]): Promise<Requests[Name]["answer"]>;
  };
} = {
  ledger: {
    input: z.strictObject({ after: z.int().min(0), limit: z.int().min(1) }),
    answer: ({ store }, { after, limit }) => store.ledger.read(after, Math.min(limit, MOST_ENTRIES)),
  },
  exposed: {
    input: z.strictObject({
      id: z.string().max(200).refine(isVulnerabilityId),
      states: z.array(z.enum(affectednesses)).max(affectednesses.length),
      offset: z.int().min(0),
      limit: z.int().min(1),
    }),
    answer: ({ store, now }, { id, states, offset, limit }) => {
      const question = { viewer: "all", states, offset, limit: Math.min(limit, MOST_ENTRIES) } as const;
      return store.exposures.affected(id, { ...question, freshSince: now() - STALE_SCAN });
    },
  },
  pause: {
    input: z.strictObject({ ...order, why: z.string().min(1).max(500).optional() }),
    answer: ({ store, now }, asked) => pause(store, asked, now()),
  },
  resume: {
    input: z.strictObject(order),
    answer: ({ store, now }, asked) => resume(store, asked, now()),
  },
  status: { input: z.strictObject({}), answer: statusOf },
};

async function statusOf({ store, limitsAt, now }: Desk): Promise<Requests["status"]["answer"]> {
  const pulls = await store.pulls.list(undefined);
  const jobs = { due: 0, active: 0, waiting: 0 };
  for (const { state, count } of await store.queue.counts()) jobs[state] += count;
  const repositories = await store.index.repositories();
  const maintaining = repositories.filter(({ maintained }) => maintained !== undefined);
  const lines = await Promise.all(maintaining.map((one) => store.index.lines(one)));
  const accounts = new Map(repositories.map(({ host, installation, owner }) => [`${host}/${installation}`, owner]));
  const backlogs = (await store.budgets.backlogs(limitsAt, now())).flatMap((backlog) => {
    const text = limitsText(backlog, now());
    const { host, installation, waiting, seconds } = backlog;
    const account = accounts.get(`${host}/${installation}`);
    return text === "" ? [] : [{ installation, ...(account !== undefined && { account }), waiting, seconds, text }];
  });
  return {
    pauses: await pauses(store),
    backlogs,
    repositories: repositories.length,
    branches: lines.flat().filter(isNamed).length,
    openPulls: pulls.filter(({ state }) => state === "open").length,
    jobs,
  };
}

/** Answers a request of a command. Throws INPUT for one that this version does not know, or cannot read. */
export async function answerRequest<Name extends RequestName>(
  desk: Desk,
  name: Name,
  input: unknown,
): Promise<Requests[Name]["answer"]> {
  if (!Object.hasOwn(ANSWERS, name)) {
    throw new AppError(
      "INPUT",
      "the Oakum that has the store open is of another version, and does not know this request",
    );
  }
  const { input: shape, answer } = ANSWERS[name];
  const read = shape.safeParse(input);
  if (!read.success) throw new AppError("INPUT", `not a ${name} request: ${z.prettifyError(read.error)}`);
  return answer(desk, read.data);
}
