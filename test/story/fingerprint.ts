import { expect } from "vitest";
import type { Oakum } from "../../sandbox/oakum.ts";
import { ENVIRONMENTS } from "../../sandbox/operator.ts";
import { until, untilIdle } from "../../sandbox/story.ts";
import type { World } from "../../sandbox/world.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import { verifyChain } from "../../src/core/ledger.ts";
import type { Notice } from "../../src/notifier/notifier.ts";
import { intendedOnly } from "./ended.ts";
import { noticesIn, repositoryOf, runningOn, type SeenRepository } from "./seen.ts";

/** What a story left that has come to its end, once nothing is left to do: the ledger whole, and GitHub's contract kept. */
export async function endOf(world: World, oakum: Oakum): Promise<unknown> {
  await untilIdle(world);
  // What was refused with a time to come back waits for it, which is not idleness.
  await until("every act that was announced is done", async () => intendedOnly(await oakum.ledger(0)).length === 0);
  await untilIdle(world);
  const facts = await oakum.ledger(0);
  expect(verifyChain(facts)).toMatchObject({ state: "whole" });
  expect(await world.control.get("violations")).toEqual([]);
  return fingerprint(world, oakum);
}

/**
 * All that a story leaves on GitHub, at the workloads, in the channel and on the ledger, but for what differs from one
 * telling to the next: times are left out, and commits and digests are numbered, in each repository by itself, in the order
 * in which they appear.
 */
async function fingerprint(world: World, oakum: Oakum): Promise<unknown> {
  const uses = await oakum.uses();
  const notices = await noticesIn(world);
  const left = world.repositories.map(async (name) => {
    const repository = await repositoryOf(world, name);
    const own = {
      ...whatCounts(repository),
      running: await Promise.all(ENVIRONMENTS.map((environment) => runningOn(world, name, environment))),
      notices: noticesAbout(notices, name),
      uses: uses[`acme/${name}`],
    };
    return JSON.parse(anonymise(JSON.stringify(own)));
  });
  return { repositories: await Promise.all(left), ledger: factKinds(await oakum.ledger(0)) };
}

/** A channel may hear a thing again, by the same key, after a crash while it was told: no channel can be asked whether it heard. */
function noticesAbout(notices: readonly Notice[], name: string): readonly string[] {
  const told = notices.filter(({ title }) => namesOf(title).includes(name)).map(({ key, title }) => `${title} ${key}`);
  return [...new Set(told)].toSorted();
}

/** The repositories that a notice's title names. */
function namesOf(title: string): readonly string[] {
  return [...title.matchAll(/\bacme\/([\w-]+)/g)].map(([, name = ""]) => name);
}

/** How often each transition of each kind of subject stands on the ledger. */
function factKinds(entries: readonly LedgerEntry[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { subject, transition } of entries) {
    const kind = `${subject.slice(0, subject.indexOf(":"))} ${transition}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted());
}

function whatCounts({ name, refs, pulls, issues, checks, deployments, runs }: SeenRepository): object {
  return {
    name,
    refs: Object.fromEntries(Object.entries(refs).toSorted()),
    pulls: pulls.map(({ number, title, body, state, author, labels, head, headSha, base, mergedBy, mergeCommit }) => {
      return { number, title, body, state, author, labels, head, headSha, base, mergedBy, mergeCommit };
    }),
    issues: issues.length,
    checks: checks.map(({ app, name, headSha, status, conclusion, title, summary, annotations }) => {
      return { app, name, headSha, status, conclusion, title, summary, annotations };
    }),
    deployments: deployments.map(({ sha, environment, creator, payload, statuses }) => {
      const words = statuses.map(({ state, description, creator }) => `${creator} ${state} ${description}`);
      return { sha, environment, creator, payload, words };
    }),
    runs: runs.map(({ event, branch, headSha, actor, conclusion }) => ({ event, branch, headSha, actor, conclusion })),
  };
}

/** Seven digits of a hash tell it from all others here, and are the fewest that are ever shown of a commit. */
const SHOWN = 7;

function anonymise(text: string): string {
  const numbers = new Map<string, number>();
  const number = (hash: string) => {
    const shown = hash.slice(0, SHOWN);
    if (!numbers.has(shown)) numbers.set(shown, numbers.size + 1);
    return `hash-${numbers.get(shown)}`;
  };
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*( UTC|Z)/g, "time")
    .replace(/\(first seen [^)]*\)/g, "(first seen)")
    .replace(/(?<=osv\.dev )\d{4}-\d\d-\d\d/g, "date")
    .replace(/\b[0-9a-f]{4}…[0-9a-f]{4}\b/g, "…")
    .replace(/\bruns?[ /]\d+/g, "run")
    .replace(/\b[0-9a-f]{7,64}\b/g, number);
}
