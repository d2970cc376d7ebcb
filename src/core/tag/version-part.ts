import { type Numeral, type PreRelease, toNumeral, type Version } from "./version.ts";

/** The version that a part of a tag begins with, and the shape that others of its track share. */
export interface VersionPart {
  /** `v` or nothing, as written. */
  readonly prefix: string;
  /** `N.N.N`, `N_B`, `N.D`. */
  readonly shape: string;
  /** What follows in the same part: `.Final`. */
  readonly rest: string;
  readonly version: Version;
}

/** From this many digits on, a number is a date or a build, and never compared with a short one (`3` with `20210804`). */
const LONG_NUMBER = 6;
/** No version has more; a tag has room for 64, which would be compared one by one. */
const MOST_NUMBERS = 8;

const CORE = /^(v?)(\d+(?:\.\d+)*)(.*)$/i;
const NUMBERS = /^\d+(?:\.\d+)*$/;
/** The third number of a Windows version is its release, and stays. */
const WINDOWS = /^10\.0\.\d{5}(?=\.\d+$)/;
const BUILD = /^_(\d+(?:\.\d+)*)$/;
/** Java 8: `8u432`. */
const JAVA_UPDATE = /^u(\d{1,5})$/i;
const LATER_BUILD = /^\.(post|patch|build|sp)(\d{1,9})$/i;
/** `a` and `b` are pre-releases only where they are glued to the numbers: `-b132` is a build. */
const WORD =
  "alpha|beta|rc|preview|pre|nightly|snapshot|canary|ea|milestone|insiders?|next|cr(?=[-._]?\\d)|m(?=\\d)|dev(?=[-._]?\\d)";
const GLUED = new RegExp(`^(?:([ab])(?=\\d)|[._]?(${WORD}))[._]?(\\d+(?:\\.\\d+)*)?((?![a-z0-9]).*)?$`, "i");
const APART = new RegExp(`^(${WORD}|dev)(?:[._]?(\\d+(?:\\.\\d+)*))?$`, "i");

/** Reads a part that begins with a version; `undefined` when it does not, or when the numbers are none: a date, a commit. */
export function readVersionPart(part: string): VersionPart | undefined {
  const [, prefix, digits, rest] = CORE.exec(part) ?? [];
  if (prefix === undefined || digits === undefined || rest === undefined) return undefined;
  const windows = WINDOWS.exec(digits)?.[0] ?? "";
  const shape = windows + shapeOf(digits.slice(windows.length));
  if (shape.startsWith("D") || shape.split(".").length > MOST_NUMBERS) return undefined;
  const numbers = toNumerals(digits);
  if (rest === "") return { prefix, shape, rest, version: { numbers } };
  return readRest(rest, { prefix, shape, rest: "", version: { numbers } });
}

function readRest(rest: string, found: VersionPart): VersionPart | undefined {
  const { numbers } = found.version;
  const [, build] = BUILD.exec(rest) ?? [];
  if (build !== undefined) {
    return { ...found, shape: `${found.shape}_B`, version: { numbers, build: toNumerals(build) } };
  }
  const [, update] = JAVA_UPDATE.exec(rest) ?? [];
  if (update !== undefined && numbers.length === 1) {
    return { ...found, shape: `${found.shape}uN`, version: { numbers: [...numbers, 0, Number(update)] } };
  }
  const [, word, later] = LATER_BUILD.exec(rest) ?? [];
  if (later !== undefined) {
    return { ...found, shape: `${found.shape}.${word}B`, version: { numbers, build: [Number(later)] } };
  }
  const [isGlued, letter, stage, preNumbers, end = ""] = GLUED.exec(rest) ?? [];
  if (isGlued !== undefined) {
    const preRelease = toPreRelease(letter ?? stage, preNumbers);
    return preRelease && { ...found, rest: end, version: { numbers, preRelease } };
  }
  return /^[._]/.test(rest) ? { ...found, rest } : undefined;
}

/** A pre-release that stands in parts of its own, and how many parts it takes: `rc.1`, `beta-3`, `ea-15`. */
export function readPreRelease(
  part: string | undefined,
  next: string | undefined,
): { readonly preRelease: PreRelease; readonly length: number } | undefined {
  const [isOne, word, numbers] = APART.exec(part ?? "") ?? [];
  if (isOne === undefined) return undefined;
  const after = numbers === undefined && next !== undefined && NUMBERS.test(next) ? next : undefined;
  // `-dev` alone is the name of a variant in many repositories.
  if (numbers === undefined && after === undefined && word?.toLowerCase() === "dev") return undefined;
  const preRelease = toPreRelease(word, numbers ?? after);
  return preRelease && { preRelease, length: after === undefined ? 1 : 2 };
}

function toPreRelease(word: string | undefined, numbers: string | undefined): PreRelease | undefined {
  const read = numbers === undefined ? [] : toNumerals(numbers);
  if (word === undefined || read.length > MOST_NUMBERS) return undefined;
  return { word: FULL_WORDS.get(word.toLowerCase()) ?? word.toLowerCase(), numbers: read };
}

const FULL_WORDS: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["m", "milestone"],
  ["insider", "insiders"],
]);

/** `N.N` for short numbers, `D` for a long one. */
export function shapeOf(numbers: string): string {
  return numbers.replaceAll(/\d+/g, (number) => (number.length < LONG_NUMBER ? "N" : "D"));
}

export function toNumerals(numbers: string): readonly Numeral[] {
  return numbers.split(".").map(toNumeral);
}
