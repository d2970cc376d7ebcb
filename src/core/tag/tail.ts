import { type Numeral, toNumeral } from "./version.ts";
import { shapeOf, toNumerals } from "./version-part.ts";

/** What follows the version of a tag: words that say which variant it is, and what changes from build to build. */
export interface Tail {
  /** As comparable tags share it, with what changes left open: `-debian-12-rB`, `-{commit}`. */
  readonly text: string;
  readonly build: readonly Numeral[];
}

const NUMBERS = /^\d+(?:\.\d+)*$/;
/** A commit id, abbreviated or whole: digits and letters, as `git describe` writes it with a `g` or without. */
const COMMIT = /^g?(?=[a-f]*\d)(?=\d*[a-f])[a-f0-9]{7,40}$/;
/** An abbreviated id may happen to have digits only; dates and timestamps are longer. */
const DIGITS_OF_COMMIT = /^\d{7}$/;
const BUILD_WORD = /^(r|b|build|p|patch|post|hotfix|rev|ls|cu|sp)([._]?)(\d{1,18})$/i;
/** Words whose number stands in a part of its own. */
const NUMBERED = new Set(["build", "rev", "hotfix", "security"]);
const SHORT = /^\d{1,18}$/;
const MOST_NUMBERS = 8;

/**
 * Reads the parts after a version of so many numbers. A number is a build when it is long (a date, a timestamp), follows a build
 * word (`-r5`), or follows a version of at least two numbers directly (`8.10-1179`); any other is a part of the name, as in
 * `-temurin-21`. `-security-01` is a later build of the release itself, and has no place on the track.
 */
export function readTail(parts: readonly string[], numbersBefore: number): Tail | undefined {
  const words: string[] = [];
  const build: Numeral[] = [];
  for (let at = 0; at < parts.length; ) {
    const read = readWord(parts[at] ?? "", parts[at + 1] ?? "", at === 0 ? numbersBefore : 0);
    words.push(...read.words);
    build.push(...read.build);
    at += read.length;
  }
  if (build.length > MOST_NUMBERS) return undefined;
  return { text: words.map((word) => `-${word}`).join(""), build };
}

interface Word {
  readonly words: readonly string[];
  readonly build: readonly Numeral[];
  /** How many parts it takes. */
  readonly length: number;
}

function readWord(part: string, next: string, numbersBefore: number): Word {
  const [, word, between = "", number] = BUILD_WORD.exec(part) ?? [];
  if (number !== undefined) return { words: [`${word}${between}B`], build: [toNumeral(number)], length: 1 };
  if (NUMBERED.has(part.toLowerCase()) && SHORT.test(next)) {
    const isSilent = part === "security";
    return { words: isSilent ? [] : [part, "B"], build: [toNumeral(next)], length: 2 };
  }
  if (isBuild(part, numbersBefore)) return { words: ["B"], build: toNumerals(part), length: 1 };
  const isCommit = COMMIT.test(part) || DIGITS_OF_COMMIT.test(part);
  return { words: [isCommit ? "{commit}" : part], build: [], length: 1 };
}

function isBuild(part: string, numbersBefore: number): boolean {
  if (!NUMBERS.test(part) || DIGITS_OF_COMMIT.test(part)) return false;
  return shapeOf(part).includes("D") || (numbersBefore >= 2 && !part.includes("."));
}
