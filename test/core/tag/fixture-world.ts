import { readdirSync, readFileSync } from "node:fs";
import { sha256 } from "../../../src/core/hash.ts";
import { type KnownImage, knownImage, type Place, type Terms } from "../../../src/core/plan/candidate.ts";
import { type TagVerdict, tagVerdicts } from "../../../src/core/plan/explain-tags.ts";
import { type ChangeClass, DEFAULT_POLICY } from "../../../src/core/policy/policy.ts";
import { type Digest, parseReference } from "../../../src/core/reference.ts";

/** Where tags of an image in the wild lead, by our rules: `test/fixtures/tag/<name>.json`. */
export interface TagFixture {
  readonly image: string;
  /** Separated by spaces. */
  readonly tags: readonly string[];
  readonly cases: readonly TagCase[];
}

export interface TagCase {
  /** The rule that the case is the example of, in docs/tags.md. */
  readonly rule?: string;
  readonly from: string;
  /** The classes that policy allows; without, all. */
  readonly allow?: readonly ChangeClass[];
  readonly to: string | null;
  readonly change?: ChangeClass;
  readonly refused?: Readonly<Record<string, string>>;
}

/** A use that is written out in full. */
export const PLACE: Place = { path: "Dockerfile", manager: "dockerfile", variables: [] };
export const NOW = Date.UTC(2026, 10, 28);
const ALL: readonly ChangeClass[] = ["digest", "patch", "minor", "major", "os"];
const FOLDER = new URL("../../fixtures/tag/", import.meta.url);

/** All fixtures, by name. */
export function tagFixtures(): readonly (readonly [name: string, fixture: TagFixture])[] {
  const names = readdirSync(FOLDER).toSorted();
  return names.map((name) => [
    name.replace(".json", ""),
    JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as TagFixture,
  ]);
}

export function tagsOf({ tags }: TagFixture): readonly string[] {
  return tags.flatMap((line) => line.split(" "));
}

/** An image all of whose tags have been seen, each with a digest of its own. */
export function seenImage(image: string, tags: readonly string[]): KnownImage {
  const [registry = "", ...rest] = image.split("/");
  const name = { registry, repository: rest.join("/") };
  const observations = tags.map((tag) => {
    const digest: Digest = `sha256:${sha256(tag)}`;
    return { image: name, tag, digest, firstSeen: 0, lastSeen: NOW };
  });
  return knownImage(image, { state: "known", tags, observations }, NOW);
}

export function termsOf(allow: readonly ChangeClass[] = ALL): Terms {
  return { policyOf: () => ({ ...DEFAULT_POLICY, allow }), now: undefined, quarantined: new Set() };
}

/** What becomes of every other tag of an image. */
export function verdicts(image: string, known: KnownImage, from: string, terms: Terms): readonly TagVerdict[] {
  const reference = parseReference(`${image}:${from}`);
  if (reference === undefined) throw new Error(`${image}:${from} is no reference`);
  return [...tagVerdicts(reference, from, PLACE, known, terms)];
}
