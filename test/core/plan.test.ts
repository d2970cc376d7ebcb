import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PlanInput, planUpdates } from "../../src/core/plan.ts";
import { DEFAULT_POLICY, type Policy, type PolicySubject } from "../../src/core/policy.ts";
import { reason } from "../../src/core/reason.ts";
import { type Digest, formatReference, imageKey, parseReference } from "../../src/core/reference.ts";
import { compareTags, trackOf } from "../../src/core/tag.ts";
import type { ImageFacts } from "../../src/core/update.ts";
import type { Use } from "../../src/core/use.ts";
import { anyTags, digestOf } from "./arbitraries.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 10, 23);

const a = digestOf("a");
const b = digestOf("b");
const c = digestOf("c");

function use(text: string, path = "Dockerfile"): Use {
  const reference = parseReference(text);
  return {
    manager: "dockerfile",
    path,
    line: 1,
    role: "base",
    text,
    span: { path, start: 5, end: 5 + text.length },
    resolved: text,
    ...(reference !== undefined && { reference }),
    variables: [],
  };
}

/** Each tag with what it names and for how many days; a tag without either is listed and not yet observed. */
type World = Readonly<Record<string, readonly [digest: Digest, days: number, gone?: "gone"] | readonly []>>;

const node = { registry: "docker.io", repository: "library/node" };

function factsOf(world: World): ImageFacts {
  const tags = Object.entries(world);
  return {
    state: "known",
    tags: tags.filter(([, [, , gone]]) => gone === undefined).map(([tag]) => tag),
    observations: tags.flatMap(([tag, [digest, days = 0, gone]]) =>
      digest === undefined
        ? []
        : [
            {
              image: node,
              tag,
              digest,
              firstSeen: NOW - days * DAY,
              lastSeen: NOW,
              ...(gone && { goneSince: NOW - DAY }),
            },
          ],
    ),
  };
}

function plan(
  uses: readonly Use[],
  world: World | ImageFacts | undefined,
  policy: Partial<Policy> = {},
  input: Partial<PlanInput> = {},
) {
  const facts = world === undefined || "state" in world ? (world as ImageFacts | undefined) : factsOf(world as World);
  return planUpdates({
    uses,
    facts: new Map(facts === undefined ? [] : [["docker.io/library/node", facts]]),
    policyOf: () => ({ ...DEFAULT_POLICY, ...policy }),
    now: NOW,
    quarantined: new Set(),
    ignored: () => false,
    ...input,
  });
}

/** The plan for one use in a line: the update, or the state and why. */
function outcome(text: string, world: World, policy?: Partial<Policy>, input?: Partial<PlanInput>): string {
  const { groups, uses } = plan([use(text)], world, policy, input);
  const [update] = groups.flatMap(({ updates }) => updates);
  const { state, reason: why } = uses[0]!;
  if (update !== undefined) return `${state}: ${update.change} to ${short(formatReference(update.to))}`;
  return [state, why?.code, why?.detail].filter((part) => part !== undefined).join(": ");
}

/** `docker.io/library/node:22@sha256:aaaa…` as people say it: `22@a`. */
function short(text: string): string {
  return text.replace(/^docker\.io\/library\/node:?/, "").replace(/sha256:(.)\1{63}/, "$1");
}

const VERSIONS: World = { "22.1.0": [a, 90], "22.1.1": [b, 30], "22.2.0": [c, 20], "24.0.0": [digestOf("d"), 10] };

describe("planUpdates chooses", () => {
  const cases: readonly (readonly [what: string, expected: string, ...Parameters<typeof outcome>])[] = [
    // the same tag
    ["another digest of the tag", "update: digest to 22@b", `node:22@${a}`, { "22": [b, 9] }],
    ["nothing when the digest is the tag's", "current", `node:22@${a}`, { "22": [a, 9] }],
    [
      "nothing when policy allows no digest",
      "current: change-not-allowed: 22 (digest)",
      `node:22@${a}`,
      { "22": [b, 9] },
      { allow: ["patch"] },
    ],
    [
      "nothing younger than minAge",
      "held: min-age: 22 is due 2026-11-25T00:00:00.000Z",
      `node:22@${a}`,
      { "22": [b, 1] },
    ],
    ["what is exactly as old as minAge", "update: digest to 22@b", `node:22@${a}`, { "22": [b, 3] }],
    [
      "a digest still, when policy pins by tag",
      "update: digest to 22@b",
      `node:22@${a}`,
      { "22": [b, 9] },
      { pin: "tag" },
    ],
    ["no pin of its own", "current", "node:22", { "22": [a, 9] }],
    ["a pin where policy allows it", "update: pin to 22@a", "node:22", { "22": [a, 9] }, { allow: ["pin"] }],
    ["no pin where policy pins by tag", "current", "node:22", { "22": [a, 9] }, { allow: ["pin"], pin: "tag" }],
    ["the tag latest where none is written", "update: pin to latest@a", "node", { latest: [a, 9] }, { allow: ["pin"] }],
    ["nothing for latest alone", "current", "node", { latest: [a, 9] }],
    // newer versions
    ["the newest version allowed", "update: patch to 22.1.1@b", `node:22.1.0@${a}`, VERSIONS],
    ["a minor where allowed", "update: minor to 22.2.0@c", "node:22.1.0", VERSIONS, { allow: ["patch", "minor"] }],
    ["a major where allowed", "update: major to 24.0.0@d", "node:22.1.0", VERSIONS, { allow: ["minor", "major"] }],
    ["a tag alone where policy pins by tag", "update: patch to 22.1.1", "node:22.1.0", VERSIONS, { pin: "tag" }],
    ["a digest where there was one", "update: patch to 22.1.1@b", `node:22.1.0@${a}`, VERSIONS, { pin: "tag" }],
    [
      "nothing when policy allows no newer version",
      "current: change-not-allowed: 24.0.0 (major)",
      "node:22.2.0",
      VERSIONS,
    ],
    [
      "by the glob of tags",
      "update: minor to 22.2.0@c",
      "node:22.1.0",
      VERSIONS,
      { allow: ["minor", "major"], tags: "22*" },
    ],
    [
      "nothing outside the glob of tags",
      "current: change-not-allowed: 24.0.0 does not match 22*",
      "node:22.2.0",
      VERSIONS,
      { allow: ["major"], tags: "22*" },
    ],
    ["a digest whatever the glob of tags", "update: digest to 22@b", `node:22@${a}`, { "22": [b, 9] }, { tags: "24*" }],
    [
      "the same track only",
      "current",
      "node:22-alpine",
      { "22-alpine": [a, 9], "24": [b, 9], "24.1-alpine": [c, 9] },
      { allow: ["major"] },
    ],
    ["the next older one that has aged", "update: patch to 22.1.1@b", "node:22.1.0", { ...VERSIONS, "22.1.2": [c, 1] }],
    [
      "the newer digest while the version is young",
      "update: digest to 3.1@b",
      `node:3.1@${a}`,
      { "3.1": [b, 9], "3.2": [c, 1] },
      { allow: ["digest", "minor"] },
    ],
    ["nothing that is gone", "current", "node:22.1.0", { "22.1.0": [a, 9], "22.1.1": [b, 9, "gone"] }],
    // quarantine
    [
      "nothing in quarantine",
      `held: quarantined: 22@${b}`,
      `node:22@${a}`,
      { "22": [b, 9] },
      {},
      { quarantined: new Set([b]) },
    ],
    [
      "what is older than a quarantined one",
      "update: patch to 22.1.1@b",
      "node:22.1.0",
      { ...VERSIONS, "22.1.2": [c, 9] },
      {},
      { quarantined: new Set([c]) },
    ],
    // the tag itself
    [
      "nothing for a tag that is gone",
      `held: tag-not-found: docker.io/library/node:22@${a}`,
      `node:22@${a}`,
      { "22": [a, 9, "gone"] },
    ],
    ["nothing for a tag that never was", "held: tag-not-found: docker.io/library/node:22", "node:22", { "24": [a, 9] }],
    [
      "a candidate instead of a tag that is gone",
      "update: patch to 22.1.1@b",
      "node:22.1.0",
      { "22.1.0": [a, 9, "gone"], "22.1.1": [b, 9] },
    ],
    // not known yet
    ["nothing for a tag nobody has looked at", "unknown: not-observed: 22", "node:22", { "22": [] }],
    [
      "nothing while a newer tag is not looked at",
      "unknown: not-observed: 22.1.1",
      "node:22.1.0",
      { "22.1.0": [a, 9], "22.1.1": [] },
    ],
    [
      "what it knows while another tag is not looked at",
      "update: patch to 22.1.1@b",
      "node:22.1.0",
      { ...VERSIONS, "22.1.2": [] },
    ],
    // without a clock
    [
      "whatever the age without a clock",
      "update: digest to 22@b",
      `node:22@${a}`,
      { "22": [b, 0] },
      {},
      { now: undefined },
    ],
    // bounds
    [
      "nothing before the end of time",
      "held: min-age: 22 is due +275760-09-13T00:00:00.000Z",
      `node:22@${a}`,
      { "22": [b, 9] },
      { minAge: Number.MAX_VALUE },
    ],
  ];

  test.each(cases)("%s (%s)", (_, expected, text, world, policy, input) => {
    expect(outcome(text, world, policy, input)).toBe(expected);
  });
});

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
    expect(status(use(`node@${a}`), known)).toEqual({ state: "held", reason: reason("digest-only") });
  });

  test("what configuration ignores, before anything else", () => {
    const blocked = { state: "unsupported", reason: reason("unresolved-variable") } as const;
    const ignored = (path: string) => path.startsWith("test/");
    const held = { state: "held", reason: reason("ignored") };
    expect(status({ ...use("$BASE", "test/Dockerfile"), blocked }, known, { ignored })).toEqual(held);
    expect(status(use(`node:22@${a}`, "test/Dockerfile"), known, { ignored })).toEqual(held);
    expect(status(use(`node:22@${a}`), known, { ignored })).toEqual({ state: "update" });
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
    expect(asked).toEqual([
      { image, path: "a/Dockerfile", change: "major", urgency: "high" },
      { image, path: "a/Dockerfile", change: "minor", urgency: "critical" },
      { image, path: "a/Dockerfile", change: "patch", urgency: "high" },
      { image, path: "a/Dockerfile", change: "digest", urgency: "high" },
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
