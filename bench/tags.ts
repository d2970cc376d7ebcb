import { seeded } from "../sandbox/random.ts";
import { candidates, type KnownImage, knownImage, type Place, type Terms } from "../src/core/plan/candidate.ts";
import type { Observation } from "../src/core/plan/observation.ts";
import { DEFAULT_POLICY } from "../src/core/policy/policy.ts";
import { imageKey } from "../src/core/reference.ts";
import { habitOf } from "../src/core/tag/habit.ts";
import { watchedTags } from "../src/core/tag/tag-index.ts";

const IMAGE = { registry: "docker.io", repository: "library/node" } as const;
const NOW = Date.UTC(2026, 10, 28);
const USES = 100;
const RUNS = 5;
const PLACE: Place = { path: "Dockerfile", manager: "dockerfile", variables: [] };
const TERMS: Terms = {
  policyOf: () => ({ ...DEFAULT_POLICY, allow: ["digest", "patch", "minor", "major", "os", "pin"] }),
  now: NOW,
  quarantined: new Set(),
};
/** What stands behind the version, in the tags of the images that have the most of them. */
const VARIANTS = [
  ...["", "-alpine", "-alpine3.21", "-alpine3.22", "-slim", "-bookworm", "-trixie", "-bookworm-slim", "-trixie-slim"],
  ...["-windowsservercore-ltsc2022", "-rc.1"],
];

/** What it costs to choose among the tags of one image. */
export interface TagsFigures {
  readonly tags: number;
  /** Uses that are asked about, each on a tag of its own, and what was found for them. */
  readonly uses: number;
  readonly steps: number;
  /** Milliseconds of a processor, the least of several runs: to arrange all tags, and then to ask about all uses. */
  readonly arranged: number;
  readonly asked: number;
}

/** Measures the choice of candidates for a hundred uses of an image that has so many tags. */
export function measureTags(count: number, runs = RUNS): TagsFigures {
  const tags = generateTags(count);
  const inUse = Array.from({ length: USES }, (_, at) => tags[Math.floor((at * count) / USES)] ?? "");
  const used = inUse.map((tag) => ({ tag }));
  const observations = watchedTags(used, tags, habitOf(imageKey(IMAGE), NOW)).map(observed);
  const figures = Array.from({ length: runs }, () => {
    const { value: image, spent: arranged } = metered(() =>
      knownImage(imageKey(IMAGE), { state: "known", tags, observations }, NOW),
    );
    const { value: steps, spent: asked } = metered(() => stepsOf(inUse, image));
    return { steps, arranged, asked };
  });
  return {
    tags: count,
    uses: USES,
    steps: figures[0]?.steps ?? 0,
    arranged: Math.min(...figures.map(({ arranged }) => arranged)),
    asked: Math.min(...figures.map(({ asked }) => asked)),
  };
}

function stepsOf(inUse: readonly string[], image: KnownImage): number {
  return inUse.reduce((sum, tag) => sum + candidates({ ...IMAGE, tag }, PLACE, image, TERMS).length, 0);
}

/** So many different tags: of releases, of their lines, of every night, and of commits; always the same. */
export function generateTags(count: number): readonly string[] {
  const random = seeded(count);
  const tags = new Set<string>();
  for (let number = 0; tags.size < count; number += 1) {
    const release = Math.floor(number / VARIANTS.length);
    const version = [4 + Math.floor(release / 400), Math.floor(release / 20) % 20, release % 20].join(".");
    tags.add(`${version}${VARIANTS[number % VARIANTS.length]}`);
    if (release % 20 === 0)
      tags.add(`${version.split(".").slice(0, 2).join(".")}${VARIANTS[number % VARIANTS.length]}`);
    if (number % 10 === 0) tags.add(`nightly-${new Date(NOW - number * 3_600_000).toISOString().slice(0, 10)}`);
    if (number % 5 === 0)
      tags.add(
        Math.floor(random() * 2 ** 48)
          .toString(16)
          .padStart(12, "0"),
      );
  }
  return [...tags].slice(0, count);
}

function observed(tag: string, at: number): Observation {
  return { image: IMAGE, tag, digest: `sha256:${at.toString(16).padStart(64, "0")}`, firstSeen: 0, lastSeen: NOW };
}

function metered<T>(work: () => T): { readonly value: T; readonly spent: number } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, spent: (user + system) / 1000 };
}
