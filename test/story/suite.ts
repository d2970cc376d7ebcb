import { beforeAll, describe, expect, test } from "vitest";
import { readEnding } from "../../sandbox/ending.ts";
import type { RepositoryName } from "../../sandbox/organisation.ts";
import { type LedgerEntry, verifyChain } from "../../src/core/ledger.ts";
import {
  builtOf,
  factsAbout,
  git,
  ledgerOf,
  namedBy,
  noticesIn,
  repositoryOf,
  requestsTo,
  runningOn,
  type SeenPull,
  type SeenRepository,
} from "./seen.ts";
import type { Told } from "./stage.ts";

/** What must be true at the end of the whole story, however Oakum heard of the patches and wherever it keeps its records. */
export function storySuite(story: () => Told): void {
  let facts: readonly LedgerEntry[] = [];
  const seen = {} as Record<RepositoryName, SeenRepository>;

  beforeAll(async () => {
    const { world, oakum } = story();
    facts = await ledgerOf(oakum);
    for (const name of ["payments", "search", "storefront", "website"] as const) {
      seen[name] = await repositoryOf(world, name);
    }
  });

  const transitions = (name: RepositoryName, subject: string) =>
    factsAbout(facts, seen[name])
      .filter((fact) => fact.subject.startsWith(subject))
      .map(({ transition }) => transition)
      .filter((transition) => !transition.startsWith("told "));

  test("the story ends as it should", async () => {
    const { world, oakum } = story();
    expect((await readEnding(world, oakum)).filter(({ met }) => !met)).toEqual([]);
  });

  describe("payments, which is patched", () => {
    const pull = () => seen.payments.pulls[0]!;

    test("one small pull request, with evidence", async () => {
      const { world } = story();
      expect(seen.payments.pulls).toHaveLength(1);
      expect(pull()).toMatchObject({
        number: 1,
        title: "Update base 1.4 to its newest digest",
        head: expect.stringMatching(/^oakum\/main\/base-[0-9a-f]{8}$/),
        base: "main",
        draft: false,
        author: "oakum[bot]",
        labels: ["security", "known-exploited"],
        comments: [],
      });
      const [before, after] = await Promise.all([dockerfile(seen.payments, "~1"), dockerfile(seen.payments, "")]);
      const to = await namedBy(world, "library/base", "1.4");
      expect(after).toBe(before.replace(/(?<=^ARG BASE=.*@)sha256:\w+/m, to));
      expect(after).not.toBe(before);
      expect(await git(seen.payments, "diff", "--name-only", `${pull().headSha}~1`, pull().headSha)).toBe(
        "Dockerfile\n",
      );
      const from = /ARG BASE=\S+@(\S+)/.exec(before)?.[1] ?? "";
      expectBody(pull(), { from, to, findings: ["CVE-2026-31001", "CVE-2026-31002", "CVE-2026-31005"] });
      expect(pull().body).toMatch(/fixed by this change \| \*\*2\*\* \| 0 \| \*\*1\*\* \| 0 \|/);
      expect(pull().body).toContain("- [ ] then: `staging` → `production`");
    });

    test("rebuilt once, judged once", () => {
      expect(seen.payments.runs).toMatchObject([
        { event: "push", branch: "main", conclusion: "success" },
        {
          event: "workflow_dispatch",
          branch: pull().head,
          headSha: pull().headSha,
          actor: "oakum[bot]",
          conclusion: "success",
        },
        { event: "push", branch: "main", headSha: pull().mergeCommit, conclusion: "success" },
      ]);
      expect(ownChecks(seen.payments)).toMatchObject([
        {
          name: "oakum",
          headSha: pull().headSha,
          status: "completed",
          conclusion: "success",
          title: "Pass: 3 fixed, 0 introduced, 1 remaining",
          annotations: [],
        },
      ]);
    });

    test("merged: the head that was judged and nothing else", async () => {
      const { mergeCommit, headSha, ...merged } = pull();
      expect(merged).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
      expect(seen.payments.refs["refs/heads/main"]).toBe(mergeCommit);
      expect(await git(seen.payments, "diff", "--name-only", headSha, mergeCommit!)).toBe("");
      const cause = factsAbout(facts, seen.payments).find(({ transition }) => transition === "merged")?.cause;
      expect(cause).toBe(headSha);
    });

    test("the release goes to staging, and when that is verified to production", async () => {
      const { world } = story();
      const { deployments } = seen.payments;
      const digest = await builtOf(world, "payments", pull().mergeCommit!);
      const image = `${new URL(world.urls.registry).host}/acme/payments@${digest}`;
      const word = (creator: string, state: string, description: string) => ({ creator, state, description });
      expect(deployments.map(({ environment }) => environment)).toEqual(["staging", "production"]);
      for (const { environment, sha, creator, payload, statuses } of deployments) {
        expect({ sha, creator }).toEqual({ sha: pull().mergeCommit, creator: "oakum[bot]" });
        expect(payload.oakum).toMatchObject({ image, target: "payments" });
        expect(statuses).toMatchObject([
          word("acme-delivery", "in_progress", "rolling update: in_progress"),
          word("acme-delivery", "success", "rolling update: success"),
          word("oakum[bot]", "success", `verified: runs ${digest?.slice(0, 19)}, healthy, scanned again`),
        ]);
        expect(await runningOn(world, "payments", environment)).toEqual({ digests: [digest], healthy: true });
      }
      expect(deployments[0]!.statuses[2]!.id).toBeLessThan(deployments[1]!.id);
    });

    test("all of it is on the ledger, and the channel hears how it ended", async () => {
      expect(transitions("payments", "pull:")).toEqual([
        ...["pushed intended", "pushed", "opened intended", "opened", "build requested"],
        ...[
          "verdict pass intended",
          "verdict pass",
          "merged intended",
          "merged",
          "branch deleted intended",
          "branch deleted",
        ],
      ]);
      expect(transitions("payments", "release:")).toEqual(["released"]);
      const target = [
        ...["granted", "deploying begun", "deployed intended", "deployed", "soaking"],
        ...["reported intended", "reported", "confirmed"],
      ];
      expect(transitions("payments", "target:").toSorted()).toEqual([...target, ...target].toSorted());
      const notices = await noticesIn(story().world);
      expect(new Set(notices.map(({ key }) => key)).size).toBe(notices.length);
      expect(notices.map(({ title }) => title)).toEqual([
        "acme/payments, staging: the release is confirmed",
        "acme/payments, production: the release is confirmed",
      ]);
    });

    test("every use is current now", async () => {
      const uses = (await story().oakum.uses())["acme/payments"];
      expect(uses?.map(({ path, line, state }) => `${path}:${line} ${state}`)).toEqual([
        "Dockerfile:4 current",
        "Dockerfile:9 current",
      ]);
    });
  });

  describe("search, whose new base brings something worse", () => {
    const pull = () => seen.search.pulls[0]!;

    test("one pull request, which says that it must not be merged", async () => {
      expect(seen.search.pulls).toHaveLength(1);
      expect(pull()).toMatchObject({
        number: 1,
        title: "Update runtime 3.2 to its newest digest",
        head: expect.stringMatching(/^oakum\/main\/runtime-[0-9a-f]{8}$/),
        state: "open",
        labels: ["security", "high"],
        mergedBy: null,
      });
      const from = /@(\S+)/.exec(await dockerfile(seen.search, "~1"))?.[1] ?? "";
      const to = await namedBy(story().world, "library/runtime", "3.2");
      expectBody(pull(), { from, to, findings: ["CVE-2026-31003", "CVE-2026-31004"] });
      expect(pull().body).toContain("**Do not merge.** The change introduces findings at or above the gate");
    });

    test("the check run fails at the line that names the base", () => {
      expect(ownChecks(seen.search)).toMatchObject([
        {
          headSha: pull().headSha,
          status: "completed",
          conclusion: "failure",
          annotations: [{ path: "Dockerfile", start_line: 1, message: expect.stringContaining("CVE-2026-31003") }],
        },
      ]);
    });

    test("nothing goes any further", async () => {
      const { world } = story();
      const main = seen.search.refs["refs/heads/main"]!;
      expect(await git(seen.search, "rev-list", "--count", main)).toBe("1\n");
      expect(seen.search.deployments).toEqual([]);
      const built = await builtOf(world, "search", main);
      for (const environment of ["staging", "production"]) {
        expect(await runningOn(world, "search", environment)).toEqual({ digests: [built], healthy: true });
      }
      expect(transitions("search", "pull:")).toEqual([
        ...["pushed intended", "pushed", "opened intended", "opened", "build requested"],
        ...["verdict fail intended", "verdict fail"],
      ]);
    });
  });

  test("storefront, whose ARG feeds two images, is held and says why", async () => {
    const uses = (await story().oakum.uses())["acme/storefront"] ?? [];
    expect(uses.map(({ line, state, reason }) => ({ line, state, ...reason }))).toEqual([
      { line: 3, state: "held", code: "shared-arg", detail: "VERSION" },
      { line: 5, state: "held", code: "shared-arg", detail: "VERSION" },
    ]);
    expectUntouched(seen.storefront, facts);
  });

  test("website, which nothing affects, is untouched", async () => {
    const uses = (await story().oakum.uses())["acme/website"] ?? [];
    expect(uses.map(({ state }) => state)).toEqual(["current"]);
    expectUntouched(seen.website, facts);
  });

  test("the ledger is one chain, and whatever was intended was done", () => {
    expect(verifyChain(facts)).toMatchObject({ state: "whole", count: facts.length });
    expect(intendedOnly(facts)).toEqual([]);
    expect(facts.filter(({ subject }) => subject.startsWith("image:")).map(({ transition }) => transition)).toEqual([
      "moved",
      "moved",
    ]);
  });

  test("nothing strayed from GitHub's contract, and nothing was missing in the sandbox", async () => {
    const { world } = story();
    expect(await world.control.get("violations")).toEqual([]);
    expect((await requestsTo(world)).filter(({ status }) => status >= 500)).toEqual([]);
  });

  test("Oakum met no error, and its log has no secret", () => {
    const { world, oakum } = story();
    const log = oakum.log();
    expect(log.split("\n").filter((line) => /"level":[56]0/.test(line))).toEqual([]);
    expect(log).not.toMatch(/ghs_|PRIVATE KEY|Bearer/);
    expect(log).not.toContain(world.environment.WEBHOOK_SECRET);
    expect(log).not.toContain(world.environment.REGISTRY_HOOK_SECRET);
  });
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

function expectBody(
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

function expectUntouched(repository: SeenRepository, facts: readonly LedgerEntry[]): void {
  expect(Object.keys(repository.refs)).toEqual(["refs/heads/main"]);
  expect(repository).toMatchObject({ pulls: [], issues: [], deployments: [], runs: [{ event: "push" }] });
  expect(ownChecks(repository)).toEqual([]);
  expect(factsAbout(facts, repository)).toEqual([]);
}
