import { afterAll, beforeAll, expect, test } from "vitest";
import { patch } from "../../sandbox/publisher.ts";
import { until, untilIdle } from "../../sandbox/story.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import { dockerfile, intendedOnly, ownChecks } from "./ended.ts";
import { builtOf, factsAbout, git, namedBy, repositoryOf, runningOn, type SeenRepository } from "./seen.ts";
import { Stage, type Told } from "./stage.ts";

const stage = new Stage();
let told: Told;
/** What was there before the second patch, and after it. */
let blocked: SeenRepository;
let mended: SeenRepository;
let facts: readonly LedgerEntry[];

beforeAll(async () => {
  told = await stage.open({ pushes: true, sweep: "1h" });
  const { world, oakum } = told;
  const repository = () => repositoryOf(world, "search");
  const transitions = async () => (await oakum.ledger(0)).map(({ transition }) => transition);
  await patch(world, ["runtime"]);
  await until("the first patch is judged", async () => (await transitions()).includes("verdict fail"));
  blocked = await repository();
  await patch(world, ["runtime, again"]);
  await until("both targets are confirmed", async () => {
    return (await transitions()).filter((transition) => transition === "confirmed").length === 2;
  });
  await untilIdle(world);
  mended = await repository();
  facts = factsAbout(await oakum.ledger(0), mended);
});
afterAll(() => stage.close());

test("a newer digest refreshes the same pull request", async () => {
  const [before, ...none] = blocked.pulls;
  const [after, ...more] = mended.pulls;
  expect([none, more]).toEqual([[], []]);
  const { number, title, head, base } = before!;
  expect(after).toMatchObject({ number, title, head, base });
  expect(after?.headSha).not.toBe(before?.headSha);
  expect(await git(mended, "rev-list", "--count", `${blocked.refs["refs/heads/main"]}..${after?.headSha}`)).toBe("1\n");
  const to = await namedBy(told.world, "library/runtime", "3.2");
  expect(await dockerfile(mended, "")).toContain(`library/runtime:3.2@${to}`);
  expect(after?.body).toContain(to);
  expect(after?.body).not.toContain("Do not merge");
  expect(after?.body).toContain(`"head":"${after?.headSha}","verdict":"pass"`);
});

test("each head has a verdict of its own, and the old one stands", () => {
  expect(ownChecks(mended)).toMatchObject([
    { headSha: blocked.pulls[0]?.headSha, status: "completed", conclusion: "failure" },
    { headSha: mended.pulls[0]?.headSha, status: "completed", conclusion: "success", annotations: [] },
  ]);
});

test("it merges, and runs in production", async () => {
  const { mergedBy, mergeCommit, state } = mended.pulls[0]!;
  expect({ mergedBy, state }).toEqual({ mergedBy: "oakum[bot]", state: "closed" });
  const digest = await builtOf(told.world, "search", mergeCommit!);
  expect(await runningOn(told.world, "search", "production")).toEqual({ digests: [digest], healthy: true });
});

test("the ledger tells both tries", () => {
  const pull = facts.filter(({ subject }) => subject.startsWith("pull:")).map(({ transition }) => transition);
  expect(pull.filter((transition) => !/ intended$|^told /.test(transition)).slice(0, 8)).toEqual([
    ...["pushed", "opened", "build requested", "verdict fail"],
    ...["pushed", "build requested", "verdict pass", "merged"],
  ]);
  expect(intendedOnly(facts)).toEqual([]);
});

test("nothing strayed from GitHub's contract", async () => {
  expect(await told.world.control.get("violations")).toEqual([]);
});
