import { describe, expect, test } from "vitest";
import type { PlanInput } from "../../../src/core/plan/plan.ts";
import type { ImageFacts } from "../../../src/core/plan/update.ts";
import { DEFAULT_POLICY, type Policy } from "../../../src/core/policy/policy.ts";
import { readHours } from "../../../src/core/policy/window-text.ts";
import { reason } from "../../../src/core/reason.ts";
import { formatReference } from "../../../src/core/reference.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { a, b, c, factsOf, plan, short, use, VERSIONS, type World } from "./plan-world.ts";

/** Facts in which the registry has no usable answer for some tags. */
function unreadable(world: World, ...tags: readonly string[]): ImageFacts {
  return { ...factsOf(world), problems: tags.map((tag) => ({ tag, reason: reason("registry-answer", tag) })) };
}

/** The world's now is a Monday. */
function closedOn(day: string): Pick<Policy, "windows"> {
  const hours = readHours(`${day} 00:00-24:00 UTC`);
  return { windows: { ...DEFAULT_POLICY.windows, propose: hours === undefined ? [] : [{ deny: [hours] }] } };
}

/** The plan for one use in a line: the update, or the state and why. */
function outcome(
  text: string,
  world: World | ImageFacts,
  policy?: Partial<Policy>,
  input?: Partial<PlanInput>,
): string {
  const { groups, uses } = plan([use(text)], world, policy, input);
  const [update] = groups.flatMap(({ updates }) => updates);
  const { state, reason: why } = uses[0]!;
  if (update !== undefined) return `${state}: ${update.change} to ${short(formatReference(update.to))}`;
  return [state, why?.code, why?.detail].filter((part) => part !== undefined).join(": ");
}

describe("planUpdates, where no digest can be written, chooses", () => {
  const tagOnly = (text: string): Use => ({ ...use(text), carries: "tag" });
  const outcomeOf = (text: string, world: World) => {
    const { groups, uses } = plan([tagOnly(text)], world);
    return groups[0]?.updates.map(({ to }) => formatReference(to)) ?? uses[0]?.state;
  };

  test("a tag alone, whatever policy says of pins", () => {
    expect(outcomeOf("node:22.1.0", VERSIONS)).toEqual(["docker.io/library/node:22.1.1"]);
  });

  test("nothing for another digest of the tag", () => {
    expect(outcomeOf("node:22", { "22": [b, 9] })).toBe("current");
  });
});

const OS: World = { "22-bookworm": [a, 90], "22-trixie": [b, 9], "22-forky": [c, 9] };

describe("planUpdates chooses", () => {
  const cases: readonly [what: string, expected: string, ...Parameters<typeof outcome>][] = [
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
    // windows
    ["what has aged in an open window", "update: digest to 22@b", `node:22@${a}`, { "22": [b, 9] }, closedOn("Tue")],
    [
      "nothing outside of the window, until it opens",
      "held: outside-window: it opens 2026-11-24T00:00:00.000Z",
      `node:22@${a}`,
      { "22": [b, 9] },
      closedOn("Mon"),
    ],
    [
      "nothing that is too young outside of the window either",
      "held: min-age: 22 is due 2026-11-25T00:00:00.000Z",
      `node:22@${a}`,
      { "22": [b, 1] },
      closedOn("Mon"),
    ],
    [
      "what may come now where what is better may not",
      "update: digest to 22.1@b",
      `node:22.1@${a}`,
      { "22.1": [b, 9], "22.2": [c, 9] },
      {},
      {
        policyOf: ({ change }) => ({
          ...DEFAULT_POLICY,
          allow: ["digest", "minor"],
          ...(change === "minor" && closedOn("Mon")),
        }),
      },
    ],
    [
      "whatever the window without a clock",
      "update: digest to 22@b",
      `node:22@${a}`,
      { "22": [b, 9] },
      closedOn("Mon"),
      { now: undefined },
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
    // OS releases
    ["another OS release where allowed", "update: os to 22-trixie@b", "node:22-bookworm", OS, { allow: ["os"] }],
    ["nothing on another OS release by default", "current: change-not-allowed: 22-trixie (os)", "node:22-bookworm", OS],
    [
      "a patch with it only where both are allowed",
      "current: change-not-allowed: 22.1.4-trixie (patch)",
      "node:22.1.3-bookworm",
      { "22.1.3-bookworm": [a, 90], "22.1.4-trixie": [b, 9] },
      { allow: ["os"] },
    ],
    [
      "nothing, and says that its OS release is past its end",
      "current: end-of-life: Debian 10 (buster), 2024-06-30; 22-trixie is not, and policy does not allow that (os)",
      "node:22-buster",
      { ...OS, "22-buster": [a, 90] },
    ],
    [
      "nothing, and says that nothing leads out of its line",
      "current: end-of-life: Node.js 18, 2025-04-30",
      "node:18",
      { "18": [a, 90], "17": [b, 90] },
    ],
    ["what is newer, whatever is past its end", "update: digest to 18@b", `node:18@${a}`, { "18": [b, 90] }],
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
    // tags that cannot be read
    [
      "nothing for a tag that cannot be read",
      "held: registry-answer: 22",
      `node:22@${a}`,
      unreadable({ "22": [] }, "22"),
    ],
    [
      "nothing that such a tag named before",
      "held: registry-answer: 22",
      `node:22@${a}`,
      unreadable({ "22": [b, 9] }, "22"),
    ],
    [
      "a newer tag all the same",
      "update: major to 24@c",
      `node:22@${a}`,
      unreadable({ "22": [], "24": [c, 9] }, "22"),
      { allow: ["major"] },
    ],
    [
      "a digest while a newer tag cannot be read",
      "update: digest to 22@b",
      `node:22@${a}`,
      unreadable({ "22": [b, 9], "24": [c, 9] }, "24"),
      { allow: ["digest", "major"] },
    ],
    [
      "nothing, not even current, while the only newer tag cannot be read",
      "held: registry-answer: 24",
      `node:22@${a}`,
      unreadable({ "22": [a, 9], "24": [] }, "24"),
      { allow: ["digest", "major"] },
    ],
    [
      "nothing by a newer tag that policy does not allow, readable or not",
      "current: change-not-allowed: 24 (major)",
      `node:22@${a}`,
      unreadable({ "22": [a, 9], "24": [] }, "24"),
      { allow: ["digest"] },
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
