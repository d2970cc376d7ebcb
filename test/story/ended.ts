import { expect } from "vitest";
import { REPOSITORIES, type RepositoryName } from "../../sandbox/organisation.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import { factsAbout, git, repositoryOf, type SeenPull, type SeenRepository } from "./seen.ts";
import type { Told } from "./stage.ts";

/** What is there when the story has ended. */
export interface Ended extends Told {
  readonly facts: readonly LedgerEntry[];
  readonly seen: Readonly<Record<RepositoryName, SeenRepository>>;
}

export async function readEnded({ world, oakum }: Told): Promise<Ended> {
  const seen = await Promise.all(REPOSITORIES.map(async (name) => [name, await repositoryOf(world, name)] as const));
  return { world, oakum, facts: await oakum.ledger(0), seen: Object.fromEntries(seen) as Ended["seen"] };
}

/** What became of the subjects of one kind in a repository, without what the channel was told. */
export function transitionsOf({ facts, seen }: Ended, name: RepositoryName, kind: string): readonly string[] {
  return factsAbout(facts, seen[name])
    .filter(({ subject }) => subject.startsWith(kind))
    .map(({ transition }) => transition)
    .filter((transition) => !transition.startsWith("told "));
}

/** Acts that were announced and of which the ledger does not say that they were done. */
export function intendedOnly(facts: readonly LedgerEntry[]): readonly string[] {
  const keyOf = ({ subject, transition, cause }: LedgerEntry) => `${subject} ${transition} ${cause}`;
  const done = new Set(facts.map(keyOf));
  const intended = facts.filter(({ transition }) => transition.endsWith(" intended"));
  return intended
    .map((fact) => keyOf({ ...fact, transition: fact.transition.replace(/ intended$/, "") }))
    .filter((key) => !done.has(key));
}

/** Oakum's own check runs: one per head. */
export function ownChecks({ checks }: SeenRepository): SeenRepository["checks"] {
  return checks.filter(({ app }) => app === "oakum");
}

/** The Dockerfile at the newest pull's head, or `~1` before it. */
export function dockerfile(repository: SeenRepository, before: "" | "~1"): Promise<string> {
  return git(repository, "show", `${repository.pulls.at(-1)?.headSha}${before}:Dockerfile`);
}

/** That a pull's body has its evidence: from, to, findings, what was checked, and how to refuse it. */
export function expectBody(
  { body, head, headSha }: SeenPull,
  expected: { readonly from: string; readonly to: string; readonly findings: readonly string[] },
): void {
  const short = (digest: string) => `${digest.slice(0, 11)}…${digest.slice(-4)}`;
  expect(body).toContain(`\`${short(expected.from)}\``);
  expect(body).toContain(`\`${short(expected.to)}\``);
  expect(body).toContain(expected.from);
  expect(body).toContain(expected.to);
  for (const finding of expected.findings) expect(body).toContain(finding);
  expect(body).toContain("- [x] rebuilt from this branch");
  expect(body).toContain("- [x] stands on the new base");
  expect(body).toContain("- [x] scanned before and after");
  expect(body).toContain("**To refuse it**, close this pull request");
  expect(body).toContain(`"branch":"${head}","head":"${headSha}"`);
}
