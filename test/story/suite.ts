import { beforeAll, expect, test } from "vitest";
import { readEnding } from "../../sandbox/ending.ts";
import type { RepositoryName } from "../../sandbox/organisation.ts";
import { verifyChain } from "../../src/core/ledger.ts";
import { type Ended, intendedOnly, ownChecks, readEnded } from "./ended.ts";
import { paymentsChapter } from "./payments.ts";
import { searchChapter } from "./search.ts";
import { factsAbout, requestsTo } from "./seen.ts";
import type { Told } from "./stage.ts";

/** What must be true at the end of the whole story, however Oakum heard of the patches and wherever it keeps its records. */
export function storySuite(story: () => Told): void {
  let there: Ended;
  const ended = () => there;

  beforeAll(async () => {
    there = await readEnded(story());
  });

  test("the story ends as it should", async () => {
    const { world, oakum } = ended();
    expect((await readEnding(world, oakum)).filter(({ met }) => !met)).toEqual([]);
  });

  paymentsChapter(ended);
  searchChapter(ended);

  test("storefront, whose ARG feeds two images, is held and says why", async () => {
    const uses = (await ended().oakum.uses())["acme/storefront"] ?? [];
    const detail = expect.stringMatching(/^VERSION, for \S+\/library\/base:1\.4 too$/);
    expect(uses.map(({ line, state, reason }) => ({ line, state, ...reason }))).toEqual([
      { line: 3, state: "held", code: "shared-arg", detail },
      { line: 5, state: "current" },
    ]);
    expectUntouched(ended(), "storefront");
  });

  test("website, which nothing affects, is untouched", async () => {
    const uses = (await ended().oakum.uses())["acme/website"] ?? [];
    expect(uses.map(({ state }) => state)).toEqual(["current"]);
    expectUntouched(ended(), "website");
  });

  test("the ledger is one chain, and whatever was intended was done", () => {
    expect(verifyChain(ended().facts)).toMatchObject({ state: "whole", count: ended().facts.length });
    expect(intendedOnly(ended().facts)).toEqual([]);
    expect(
      ended()
        .facts.filter(({ subject }) => subject.startsWith("image:"))
        .map(({ transition }) => transition),
    ).toEqual(["moved", "moved"]);
  });

  test("nothing strayed from GitHub's contract, and nothing was missing in the sandbox", async () => {
    const { world } = ended();
    expect(await world.control.get("violations")).toEqual([]);
    expect((await requestsTo(world)).filter(({ status }) => status >= 500)).toEqual([]);
  });

  test("Oakum met no error, and its log has no secret", () => {
    const { world, oakum } = ended();
    const log = oakum.log();
    expect(log.split("\n").filter((line) => /"level":[56]0/.test(line))).toEqual([]);
    expect(log).not.toMatch(/ghs_|PRIVATE KEY|Bearer/);
    expect(log).not.toContain(world.environment.WEBHOOK_SECRET);
    expect(log).not.toContain(world.environment.REGISTRY_HOOK_SECRET);
  });
}

function expectUntouched({ seen, facts }: Ended, name: RepositoryName): void {
  const repository = seen[name];
  expect(Object.keys(repository.refs)).toEqual(["refs/heads/main"]);
  expect(repository).toMatchObject({ pulls: [], issues: [], deployments: [], runs: [{ event: "push" }] });
  expect(ownChecks(repository)).toEqual([]);
  expect(factsAbout(facts, repository)).toEqual([]);
}
