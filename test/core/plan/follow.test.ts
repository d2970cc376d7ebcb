import { describe, expect, it } from "vitest";
import { knownImage } from "../../../src/core/plan/candidate.ts";
import { followTags } from "../../../src/core/plan/follow.ts";
import type { Publication } from "../../../src/core/plan/publication.ts";
import { digestsToAsk } from "../../../src/core/plan/publication.ts";
import { DEFAULT_POLICY, type Policy } from "../../../src/core/policy/policy.ts";
import { imageKey } from "../../../src/core/reference.ts";
import { likelyTags } from "../../../src/core/tag/published.ts";
import { a, b, c, DAY, factsOf, NOW, node, plan, use, type World } from "./plan-world.ts";
import { followedPlan, publishedCases } from "./published-cases.ts";

const ASKED = { at: NOW, tags: 9 };

/** What is known of `a`: these tags name it, as the registry said. */
function named(tags: string, by: "observed" | "registry" = "registry"): Publication {
  const list = tags.split(" ").filter(Boolean);
  return { digest: a, tags: list.map((tag) => ({ tag, by })), asked: ASKED };
}

function planAlone(world: World, published: readonly Publication[], policy: Partial<Policy> = {}, comment?: string) {
  const one = use(`node@${a}`);
  const place = { path: "Dockerfile", start: 2, end: 2 + (comment?.length ?? 0) };
  const read = comment === undefined ? one : { ...one, comment: { ...place, tag: comment } };
  return followedPlan(read, { ...factsOf(world), published }, policy);
}

describe("the tag of a digest alone", () => {
  it.each(publishedCases())("of $tags, policy $policy: $follow", ({ tags, policy, follow }) => {
    const facts = { ...factsOf({}), published: [named(tags)] };
    const images = new Map([[imageKey(node), knownImage(imageKey(node), facts, NOW)]]);
    const terms = () => ({ ...DEFAULT_POLICY, ...(policy !== undefined && { tags: policy }) });
    const [followed] = followTags([use(`node@${a}`)], images, terms);
    const [only, ...others] = follow.split(" ").filter(Boolean);
    expect(followed?.reference?.tag).toBe(others.length === 0 ? only : undefined);
    expect(followed?.tagBy).toBe(others.length === 0 && only !== undefined ? "registry" : undefined);
    const status = plan([followed!], facts, policy === undefined ? {} : { tags: policy }).uses[0]!;
    if (others.length > 0) expect(status.reason).toEqual({ code: "digest-several-tags", detail: `${only}, ${others}` });
    if (follow === "") expect(status).toMatchObject({ state: "held", reason: { code: "digest-only" } });
  });

  it("is the comment's, if the registry has it, then what was observed or asked", () => {
    const world: World = { "22-alpine": [b, 9], "22": [b, 9] };
    expect(planAlone(world, [named("22")], {}, "22-alpine").uses[0]).toMatchObject({
      state: "update",
      use: { tagBy: "comment", reference: { tag: "22-alpine", digest: a } },
      to: { tag: "22-alpine", digest: b },
    });
    expect(planAlone(world, [named("22", "observed")], {}, "0-gone").uses[0]).toMatchObject({
      state: "update",
      use: { tagBy: "observed" },
      to: { tag: "22", digest: b },
    });
  });

  it("is unknown until somebody has asked, and why there is none is told", () => {
    const status = (published: readonly Publication[]) => planAlone({ "22": [b, 9] }, published).uses[0];
    expect(status([])).toMatchObject({ state: "unknown", reason: { code: "not-observed" } });
    expect(status([{ digest: a, tags: [], asked: ASKED }])).toMatchObject({
      state: "held",
      reason: { code: "digest-only", detail: "none of 9 tags that were asked for names it" },
    });
    expect(status([{ digest: a, tags: [], asked: { ...ASKED, missing: true } }])).toMatchObject({
      state: "held",
      reason: { code: "digest-not-found" },
    });
    expect(status([named("latest")])).toMatchObject({
      reason: { code: "digest-only", detail: "only latest names it" },
    });
  });

  it("moves to another one only where a comment says it, which is changed as well", () => {
    const world: World = { "22": [b, 9], "24": [c, 9] };
    const allow = ["digest", "patch", "minor", "major"] as const;
    const [byComment] = planAlone(world, [], { allow }, "22").groups;
    expect(byComment?.updates[0]).toMatchObject({ from: { tag: "22", digest: a }, to: { tag: "24", digest: c } });
    expect(planAlone(world, [named("22")], { allow }).groups[0]?.updates[0]).toMatchObject({
      to: { tag: "22", digest: b },
    });
    expect(planAlone({ "22": [a, 9], "24": [c, 9] }, [named("22")], { allow }).uses[0]).toMatchObject({
      state: "held",
      reason: { code: "tag-not-written", detail: "24" },
    });
  });
});

describe("digestsToAsk", () => {
  it("are those of which nothing is known, and again after a week those that no tag named", () => {
    const known = [named("22"), { digest: b, tags: [], asked: ASKED }];
    expect(digestsToAsk([a, b, c], known, NOW)).toEqual([c]);
    expect(digestsToAsk([a, b, c], known, NOW + 7 * DAY)).toEqual([b, c]);
  });
});

describe("likelyTags", () => {
  const tags = ["3", "3.19", "3.20", "edge", "latest", "20240606", "3.19.4", "3.20.3", "20230901"];

  it("are those of the version that is told, then the newest of each track, bounded", () => {
    expect(likelyTags(tags, ["3.19.4"], 3).toSorted()).toEqual(["3", "3.19", "3.19.4"]);
    expect(likelyTags(tags, [], 4).toSorted()).toEqual(["20240606", "3", "3.20", "3.20.3"]);
    expect(likelyTags(tags, [], 100).toSorted()).toEqual(tags.toSorted());
  });

  it("do not depend on the order of the list", () => {
    expect(likelyTags(tags.toReversed(), [], 5)).toEqual(likelyTags(tags, [], 5));
  });
});
