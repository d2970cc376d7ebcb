import { compareParsedTags, parseTag, type Tag } from "./tag.ts";
import type { Numeral } from "./version.ts";

/**
 * Of tags that name one digest, the one to follow it by: of those that move, the most exact one, so that nothing comes which was
 * not asked for; an exact one where none moves. Several where that decides nothing; none of none.
 */
export function tagsToFollow(tags: readonly string[]): readonly string[] {
  const ranked = tags.map((text) => ({ text, rank: rankOf(parseTag(text)) }));
  const best = ranked.reduce<readonly number[]>((max, { rank }) => (compare(rank, max) > 0 ? rank : max), []);
  return ranked
    .filter(({ rank }) => compare(rank, best) === 0)
    .map(({ text }) => text)
    .toSorted();
}

/**
 * The tags that most likely name a digest, at most so many: those of the versions that its labels tell, and then the newest of each
 * track, the next ones, and so on. The same tags give the same ones, in whatever order they are listed.
 */
export function likelyTags(all: readonly string[], versions: readonly string[], most: number): readonly string[] {
  const told = versions.map((text) => parseTag(text).version?.numbers ?? []);
  const tags = all.map(parseTag).toSorted((a, b) => compareParsedTags(b, a));
  const isTold = ({ version }: Tag) => told.some((numbers) => isPartOf(version?.numbers ?? [], numbers));
  const first = tags.filter(isTold).map(({ text }) => text);
  const tracks = [...Map.groupBy(tags, ({ track }) => track).values()].toSorted((a, b) => b.length - a.length);
  const chosen = new Set(first.slice(0, most));
  const deepest = tracks[0]?.length ?? 0;
  for (let depth = 0; depth < deepest && chosen.size < most; depth += 1) {
    for (const track of tracks) {
      const tag = track[depth];
      if (tag !== undefined && chosen.size < most) chosen.add(tag.text);
    }
  }
  return [...chosen];
}

function isPartOf(numbers: readonly Numeral[], whole: readonly Numeral[]): boolean {
  return numbers.length > 0 && numbers.length <= whole.length && numbers.every((one, at) => one === whole[at]);
}

/** Numbers by which a version says all that there is to say: what has as many is published once. */
const WHOLE = 3;

/** What moves before what does not, a version before a name; then by numbers, an OS release, and words. */
function rankOf(tag: Tag): readonly number[] {
  const { version, os, text } = tag;
  if (version === undefined) return [0];
  const { numbers, build = [], preRelease } = version;
  const isWhole = numbers.length >= WHOLE || build.length > 0 || preRelease !== undefined;
  const words = text.split("-").length;
  return [1, Number(!isWhole), numbers.length, Number(os !== undefined), words];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? -1) - (b[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
