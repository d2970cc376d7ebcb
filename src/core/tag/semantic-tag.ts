import type { PreRelease, Version } from "./version.ts";

/** From this many digits on, a number is a date or a build, and never compared with a short one (`3` with `20210804`). */
const LONG_NUMBER = 6;

/**
 * `v`, numbers, a pre-release, the suffix. The pre-release may be glued to the numbers (`3.14.0rc2`, `18beta1`), `a` and
 * `b` only so: `-b132` is a build. `-dev` alone is the name of a variant in many repositories, so it needs a number.
 */
const SEMANTIC = new RegExp(
  [
    "^(?<prefix>v?)(?<numbers>\\d+(?:\\.\\d+)*)(?!\\.?\\d)",
    "(?:(?:(?<letter>[ab])(?=\\d)|[-._]?(?<word>alpha|beta|rc|preview|pre|nightly|snapshot|canary|ea|dev(?=[-.]?\\d)))",
    "(?:[-.]?(?<preNumbers>\\d+(?:\\.\\d+)*))?(?![a-z0-9]))?",
    "(?<suffix>[-._].*)?$",
  ].join(""),
  "i",
);

/** No version has more; a tag has room for 64, which would be compared one by one. */
const MOST_NUMBERS = 8;

/** A git commit id, whole or abbreviated. All-digit ones are long numbers. */
const COMMIT = /^(?=.*[a-f])[a-f0-9]{7,40}$/;

/**
 * Reads tags of the semantic family: one or more numbers, a pre-release, and a suffix that says which variant it is.
 * The track keeps the precision, the `v` and the suffix exactly (`N.N-alpine3.19`); a pre-release is on the track of its
 * release. `undefined` for everything else: names, commit ids, dates.
 */
export function readSemanticTag(text: string): { readonly track: string; readonly version: Version } | undefined {
  const parts = COMMIT.test(text) ? undefined : SEMANTIC.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { prefix = "", numbers = "", suffix = "" } = parts;
  const shape = numbers.split(".").map((number) => (number.length < LONG_NUMBER ? "N" : "D"));
  if (shape[0] === "D" || shape.length > MOST_NUMBERS) return undefined;
  const preRelease = readPreRelease(parts);
  if (preRelease !== undefined && preRelease.numbers.length > MOST_NUMBERS) return undefined;
  return {
    track: prefix + shape.join(".") + suffix,
    version: { numbers: readNumbers(numbers), ...(preRelease !== undefined && { preRelease }) },
  };
}

function readPreRelease(parts: Readonly<Record<string, string | undefined>>): PreRelease | undefined {
  const { letter, word, preNumbers } = parts;
  const found = (letter ?? word)?.toLowerCase();
  if (found === undefined) return undefined;
  return {
    word: found === "a" ? "alpha" : found === "b" ? "beta" : found,
    numbers: preNumbers === undefined ? [] : readNumbers(preNumbers),
  };
}

function readNumbers(text: string): readonly bigint[] {
  return text.split(".").map(BigInt);
}
