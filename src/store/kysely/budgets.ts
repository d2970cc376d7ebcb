import {
  backlogOf,
  budgetAt,
  decideWrite,
  type WriteBudget,
  type WriteDecision,
  type WriteRequest,
} from "../../core/write/budget.ts";
import { pauseAfter } from "../../core/write/pause.ts";
import type { WriteTurn } from "../../core/write/turn.ts";
import type { LimitsAt, WriteLimits } from "../../core/write/window.ts";
import type { Budgets, Installation, InstallationBacklog } from "../budgets.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

const HOUR = 3_600_000;

export function budgetsTable(db: Connection): Budgets {
  return {
    write: (of, request, limits, now) => inTransaction(db, (tx) => write(tx, of, request, limits, now)),
    release: async (of, key) => {
      await turnsOf(db, of).where("key", "=", key).execute();
    },
    pause: (of, seconds, now) => inTransaction(db, (tx) => pause(tx, of, seconds, now)),
    pausedUntil: async ({ host, installation }) => {
      const budget = db.selectFrom("write_budgets").select("paused");
      const row = await budget.where("host", "=", host).where("installation", "=", installation).executeTakeFirst();
      return row?.paused ?? 0;
    },
    backlogs: (limitsAt, now) => backlogs(db, limitsAt, now),
  };
}

function turnsOf(db: Connection, { host, installation }: Installation) {
  return db.deleteFrom("write_turns").where("host", "=", host).where("installation", "=", installation);
}

/** One after the other: the row of the installation is locked until what was decided is written. */
async function write(
  tx: Connection,
  of: Installation,
  request: WriteRequest,
  limits: WriteLimits,
  now: number,
): Promise<WriteDecision> {
  const known = await lock(tx, of);
  await turnsOf(tx, of)
    .where("until", "<", now - HOUR)
    .execute();
  const budget = budgetAt({ ...known, turns: await turns(tx, of) }, now);
  const decision = decideWrite(budget, request, limits, now);
  await saveTurns(tx, of, decision.turns);
  if (decision.state === "go") {
    const noticed = request.notifies ? decision.at : budget.noticed;
    await save(tx, of, { writes: JSON.stringify([...budget.writes, decision.at]), noticed });
  }
  return decision;
}

async function pause(tx: Connection, of: Installation, seconds: number | undefined, now: number): Promise<number> {
  const { paused, strikes } = await lock(tx, of);
  const pause = pauseAfter({ until: Math.min(paused, now + HOUR), strikes }, seconds, now);
  await save(tx, of, { paused: pause.until, strikes: pause.strikes });
  return pause.until;
}

async function lock(tx: Connection, { host, installation }: Installation) {
  await tx
    .insertInto("write_budgets")
    .values({ host, installation, writes: "[]", noticed: 0, paused: 0, strikes: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return tx
    .selectFrom("write_budgets")
    .select(["writes", "noticed", "paused", "strikes"])
    .where("host", "=", host)
    .where("installation", "=", installation)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

async function save(
  tx: Connection,
  { host, installation }: Installation,
  change: { writes?: string; noticed?: number; paused?: number; strikes?: number },
): Promise<void> {
  await tx
    .updateTable("write_budgets")
    .set(change)
    .where("host", "=", host)
    .where("installation", "=", installation)
    .execute();
}

function turns(db: Connection, { host, installation }: Installation): Promise<readonly WriteTurn[]> {
  return db
    .selectFrom("write_turns")
    .select(["key", "repository", "urgency", "awaited", "since", "granted", "rest", "until"])
    .where("host", "=", host)
    .where("installation", "=", installation)
    .execute();
}

async function saveTurns(
  tx: Connection,
  { host, installation }: Installation,
  turns: readonly WriteTurn[],
): Promise<void> {
  await tx
    .insertInto("write_turns")
    .values(turns.map((turn) => ({ host, installation, ...turn })))
    .onConflict((conflict) =>
      conflict.columns(["host", "installation", "key"]).doUpdateSet(({ ref }) => ({
        urgency: ref("excluded.urgency"),
        awaited: ref("excluded.awaited"),
        since: ref("excluded.since"),
        granted: ref("excluded.granted"),
        rest: ref("excluded.rest"),
        until: ref("excluded.until"),
      })),
    )
    .execute();
}

async function backlogs(db: Connection, limitsAt: LimitsAt, now: number): Promise<readonly InstallationBacklog[]> {
  const rows = await db.selectFrom("write_budgets").selectAll().orderBy("host").orderBy("installation").execute();
  const all: InstallationBacklog[] = [];
  for (const { host, installation, writes, noticed, paused } of rows) {
    const of = { host, installation };
    const budget: WriteBudget = { writes, noticed, paused, turns: await turns(db, of) };
    all.push({ ...of, ...backlogOf(budget, limitsAt(host), now), pausedUntil: budgetAt(budget, now).paused });
  }
  return all;
}
