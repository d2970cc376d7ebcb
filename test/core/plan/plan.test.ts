import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdUpdates, type PlanInput } from "../../../src/core/plan/plan.ts";
import type { ImageFacts } from "../../../src/core/plan/update.ts";
import { DEFAULT_POLICY, type Policy, type PolicySubject } from "../../../src/core/policy/policy.ts";
import { reason } from "../../../src/core/reason.ts";
import { formatReference, imageKey } from "../../../src/core/reference.ts";
import { compareTags, trackOf } from "../../../src/core/tag/tag.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { anyTags } from "../arbitraries.ts";
import { a, b, c, DAY, NOW, node, plan, short, use, VERSIONS, type World } from "./plan-world.ts";

describe("planUpdates passes on", () => {
  const status = (one: Use, world: World | ImageFacts | undefined, input: Partial<PlanInput> = {}) => {
    const { use: _, ...rest } = plan([one], world, {}, input).uses[0]!;
    return rest;
  };
  const known: World = { "22": [b, 9] };

  test("what the file says", () => {
    const blocked = { state: "held", reason: reason("shared-arg") } as const;
    expect(status({ ...use(`node:22@${a}`), blocked }, known)).toEqual(blocked);
    expect(status(use("Node:22"), known)).toEqual({
      state: "unsupported",
      reason: reason("invalid-reference", "Node:22"),
    });
    expect(status(use(`node@${a}`), known)).toEqual({ state: "unknown", reason: reason("not-observed") });
  });

  test("what configuration ignores, before anything else", () => {
    const blocked = { state: "unsupported", reason: reason("unresolved-variable") } as const;
    const ignored = (path: string) => path.startsWith("test/");
    const held = { state: "held", reason: reason("ignored") };
    expect(status({ ...use("$BASE", "test/Dockerfile"), blocked }, known, { ignored })).toEqual(held);
    expect(status(use(`node:22@${a}`, "test/Dockerfile"), known, { ignored })).toEqual(held);
    expect(status(use(`node:22@${a}`), known, { ignored })).toMatchObject({ state: "update" });
  });

  test("what the registry said", () => {
    const denied: ImageFacts = { state: "auth-failed", reason: reason("registry-denied", "401") };
    const foreign: ImageFacts = { state: "held", reason: reason("registry-not-allowed", "localhost:9090") };
    expect(status(use("node:22"), denied)).toEqual(denied);
    expect(status(use("node:22"), foreign)).toEqual(foreign);
    expect(status(use("node:22"), undefined)).toEqual({ state: "unknown", reason: reason("not-observed") });
  });
});

describe("planUpdates asks", () => {
  test("policy once for each candidate, with its class and urgency", () => {
    const asked: PolicySubject[] = [];
    const policyOf = (subject: PolicySubject) => {
      asked.push(subject);
      return DEFAULT_POLICY;
    };
    plan(
      [use(`node:22.1.0@${b}`, "a/Dockerfile")],
      VERSIONS,
      {},
      { policyOf, urgencyOf: (_, to) => (to.digest === c ? "critical" : "high") },
    );
    const image = "docker.io/library/node";
    // Before, which tags are meant at all is asked for each class.
    expect(asked.slice(0, 4).map(({ change, urgency }) => [change, urgency])).toEqual(
      ["patch", "minor", "major", "os"].map((change) => [change, undefined]),
    );
    expect(asked.slice(4)).toEqual([
      { image, path: "a/Dockerfile", kind: "dockerfile", change: "major", urgency: "high" },
      { image, path: "a/Dockerfile", kind: "dockerfile", change: "minor", urgency: "critical" },
      { image, path: "a/Dockerfile", kind: "dockerfile", change: "patch", urgency: "high" },
      { image, path: "a/Dockerfile", kind: "dockerfile", change: "digest", urgency: "high" },
    ]);
  });

  test("urgency about exact images, which may shorten minAge", () => {
    const policyOf = ({ urgency }: PolicySubject): Policy => ({
      ...DEFAULT_POLICY,
      minAge: urgency === "known-exploited" ? 0 : 9e9,
      pin: "tag",
    });
    const pairs: string[] = [];
    const { groups } = plan(
      [use("node:22.1.0")],
      VERSIONS,
      {},
      {
        policyOf,
        urgencyOf: (from, to) => {
          pairs.push(short(`${formatReference(from)} ${to.tag}@${to.digest}`));
          return to.tag === "22.1.1" ? "known-exploited" : "normal";
        },
      },
    );
    expect(pairs).toContain("22.1.0 22.1.1@b");
    expect(groups[0]?.updates[0]).toMatchObject({ urgency: "known-exploited", to: { ...node, tag: "22.1.1" } });
  });
});

describe("planUpdates says when it is stale", () => {
  test.each([
    ["nothing is due", `node:22@${a}`, { "22": [b, 9] }, undefined],
    ["the one candidate is due", `node:22@${a}`, { "22": [b, 1] }, NOW + 2 * DAY],
    ["something better is due", "node:22.1.0", { ...VERSIONS, "22.1.2": [c, 2] }, NOW + DAY],
    ["something worse is due", "node:22.1.0", { "22.1.0": [b, 9], "22.1.1": [b, 1], "22.1.2": [c, 9] }, undefined],
    ["what policy forbids is young", "node:22.1.0", { "22.1.0": [a, 9], "24.0.0": [b, 1] }, undefined],
  ] satisfies [string, string, World, number | undefined][])("%s", (_, text, world, dueAt) => {
    expect(plan([use(text)], world).dueAt).toBe(dueAt);
  });

  test.each([
    ["what it stands on ends", "node:22-fedora43", Date.UTC(2026, 11, 10)],
    ["it stands on has ended", "node:22-fedora42", undefined],
    ["it stands on ends in years", "node:22-trixie", undefined],
  ])("on the day after which %s", (_, text, dueAt) => {
    const world: World = { "22-fedora43": [a, 9], "22-fedora42": [a, 9], "22-trixie": [a, 9] };
    expect(plan([use(text)], world).dueAt).toBe(dueAt);
    const blocked = { state: "held", reason: reason("shared-arg") } as const;
    expect(plan([{ ...use(text), blocked }], world).dueAt).toBeUndefined();
    expect(plan([use(text)], world, {}, { now: dueAt ?? NOW, asOf: dueAt ?? NOW }).dueAt).toBeUndefined();
  });

  test("by the earliest of all uses", () => {
    const world: World = { "22": [b, 1], "24": [b, 2], "26": [b, 0] };
    expect(plan([use(`node:22@${a}`), use(`node:24@${a}`), use(`node:26@${a}`)], world).dueAt).toBe(NOW + DAY);
  });
});

describe("planUpdates groups", () => {
  const world: World = { "22-alpine": [b, 9], "20-alpine": [c, 9], "22": [b, 5] };
  const first = use(`node:22-alpine@${a}`, "services/pay/Dockerfile");
  const same = use(`node:22-alpine@${a}`, "services/pay/deep/Dockerfile");
  const other = use(`node:20-alpine@${a}`, "services/mail/Dockerfile");
  const debian = use(`node:22@${a}`, "Dockerfile");
  const shapeOf = (groups: ReturnType<typeof plan>["groups"]) =>
    groups.map(({ id, updates }) => [id, ...updates.map(({ changes }) => changes.map(({ use: { path } }) => path))]);

  test("by image name and track; uses with the same step are one update", () => {
    const { groups, uses } = plan([first, debian, other, same], world);
    expect(shapeOf(groups)).toEqual([
      ["docker.io/library/node N-alpine", [first.path, same.path], [other.path]],
      ["docker.io/library/node N", [debian.path]],
    ]);
    expect(groups[1]).toEqual({
      id: "docker.io/library/node N",
      image: node,
      track: "N",
      updates: [
        {
          from: debian.reference,
          to: { ...node, tag: "22", digest: b },
          change: "digest",
          urgency: "normal",
          firstSeen: NOW - 5 * DAY,
          changes: [{ use: debian, to: { ...node, tag: "22", digest: b } }],
          policy: DEFAULT_POLICY,
        },
      ],
    });
    expect(uses.map((status) => status.use)).toEqual([first, debian, other, same]);
  });

  test("by directory where policy splits by one", () => {
    expect(shapeOf(plan([first, same, other, debian], world, { group: "services/*" }).groups)).toEqual([
      ["docker.io/library/node N-alpine services/pay", [first.path, same.path]],
      ["docker.io/library/node N-alpine services/mail", [other.path]],
      ["docker.io/library/node N", [debian.path]],
    ]);
  });

  test("never two policies in one update", () => {
    const policyOf = ({ path }: PolicySubject): Policy => ({
      ...DEFAULT_POLICY,
      merge: path.includes("deep") ? "auto" : "never",
    });
    const { groups } = plan([first, same], world, {}, { policyOf });
    expect(groups.flatMap(({ updates }) => updates.map(({ policy }) => policy.merge))).toEqual(["never", "auto"]);
  });

  test("without first-seen times when there is no clock", () => {
    const [group] = plan([first], world, {}, { now: undefined }).groups;
    expect(group?.updates[0]).not.toHaveProperty("firstSeen");
  });
});

test("whatever a registry lists, a plan moves forward on the track, and tells of every use once, in order", () => {
  const digests = fc.constantFrom(a, b, c);
  const observed = fc.option(fc.tuple(digests, fc.integer({ min: 0, max: 9 })), { nil: [] as const });
  const worlds = fc.dictionary(anyTags(), observed, { maxKeys: 40 });
  const uses = fc.array(fc.tuple(anyTags(), fc.constantFrom("", `@${a}`)), { maxLength: 8 });
  const classes = fc.subarray([...(["pin", "digest", "patch", "minor", "major"] as const)]);
  fc.assert(
    fc.property(worlds, uses, classes, fc.boolean(), (world, texts, allow, clock) => {
      const input = texts.map(([tag, digest]) => use(`node:${tag}${digest}`));
      const result = plan(input, world, { allow }, clock ? {} : { now: undefined });
      expect(result.uses.map((status) => status.use)).toEqual(input);
      const updates = result.groups.flatMap((group) => group.updates);
      expect(updates.flatMap(({ changes }) => changes)).toHaveLength(
        result.uses.filter(({ state }) => state === "update").length,
      );
      for (const { from, to, change, policy } of updates) {
        expect(policy.allow).toContain(change);
        expect(imageKey(to)).toBe(imageKey(from));
        expect(trackOf(to.tag!)).toBe(trackOf(from.tag!));
        expect(compareTags(to.tag!, from.tag!)).toBeGreaterThanOrEqual(0);
        expect(formatReference(to)).not.toBe(formatReference(from));
        expect(to.digest).toBe(world[to.tag!]![0]);
      }
      expect(result.dueAt === undefined || (clock && result.dueAt > NOW)).toBe(true);
    }),
  );
});

test("holdUpdates leaves nothing to do, and every other reason as it is", () => {
  const world: World = { "22.1.0": [a, 90], "24.0.0": [b, 1] };
  const uses = [
    use(`node:22.1.0@sha256:${"0".repeat(64)}`),
    use(`node:24.0.0@sha256:${"0".repeat(64)}`),
    use("node:9.9.9"),
  ];
  const free = plan(uses, world);
  expect(free.uses.map(({ state }) => state)).toEqual(["update", "held", "held"]);
  expect(free.dueAt).toBeDefined();
  const held = holdUpdates(free, reason("mode-observe"));
  expect(held.groups).toEqual([]);
  expect(held.dueAt).toBeUndefined();
  expect(held.uses.map(({ reason: why }) => why?.code)).toEqual(["mode-observe", "mode-observe", "tag-not-found"]);
});
