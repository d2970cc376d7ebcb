import type { Oakum } from "../../sandbox/oakum.ts";
import { REPOSITORIES } from "../../sandbox/organisation.ts";
import type { World } from "../../sandbox/world.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import { noticesIn, repositoryOf, runningOn, type SeenRepository } from "./seen.ts";

/**
 * All that a story leaves on GitHub, at the workloads, in the channel and on the ledger, but for what differs from one
 * telling to the next: times are left out, and commits and digests are numbered in the order in which they appear.
 */
export async function fingerprint(world: World, oakum: Oakum): Promise<unknown> {
  const repositories = await Promise.all(REPOSITORIES.map((name) => repositoryOf(world, name)));
  const environments = ["staging", "production"];
  const running = REPOSITORIES.flatMap((name) => environments.map((one) => runningOn(world, name, one)));
  const left = {
    repositories: repositories.map(whatCounts),
    running: await Promise.all(running),
    notices: (await noticesIn(world)).map(({ key, title }) => `${key} ${title}`).toSorted(),
    ledger: factKinds(await oakum.ledger(0)),
    uses: await oakum.uses(),
  };
  return JSON.parse(anonymise(JSON.stringify(left)));
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

function whatCounts({ name, refs, pulls, issues, checks, deployments, runs }: SeenRepository): unknown {
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
    .replace(/\b[0-9a-f]{4}…[0-9a-f]{4}\b/g, "…")
    .replace(/\bruns?[ /]\d+/g, "run")
    .replace(/\b[0-9a-f]{7,64}\b/g, number);
}
