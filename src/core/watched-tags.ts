import { changeBetweenTags, compareParsedTags, parseTag, type Tag } from "./tag.ts";
import { channelOf, type Version } from "./version.ts";

/** How many of the newest tags of each change class are watched: a younger one may have to wait, an older one has aged. */
const NEWEST = 3;

/** A repository's tags, arranged so that the newer ones of any tag are found without looking at all of them. */
export interface TagIndex {
  /** The newest tags of each neighbourhood, newest first. */
  readonly newest: ReadonlyMap<string, readonly Tag[]>;
}

/** Arranges all tags of a repository. Linear in the number of tags. */
export function indexTags(all: Iterable<string>): TagIndex {
  const newest = new Map<string, Tag[]>();
  for (const text of all) {
    const tag = parseTag(text);
    if (tag.version === undefined) continue;
    for (const key of neighbourhoods(tag.track, tag.version, channelOf(tag.version))) {
      insertNewest(newest, key, tag);
    }
  }
  return { newest };
}

/** The newest three tags of each change class that `tag` could go to, newest first. */
export function newerTags(index: TagIndex, tag: string): readonly string[] {
  const current = parseTag(tag);
  const { track, version } = current;
  if (version === undefined) return [];
  const found = new Map<string, Tag>();
  for (const channel of ["release", channelOf(version)]) {
    for (const key of neighbourhoods(track, version, channel)) {
      for (const near of index.newest.get(key) ?? []) found.set(near.text, near);
    }
  }
  return [...found.values()]
    .filter((near) => changeBetweenTags(current, near) !== undefined)
    .sort((a, b) => compareParsedTags(b, a))
    .map((near) => near.text);
}

/** The tags whose digests are worth asking for: those in use, and for each the newest of every change class. */
export function watchedTags(inUse: Iterable<string>, all: Iterable<string>): readonly string[] {
  const index = indexTags(all);
  const watched = new Set(inUse);
  for (const tag of [...watched]) {
    for (const newer of newerTags(index, tag)) watched.add(newer);
  }
  return [...watched];
}

/** A major change stays on the track, a minor one within the first number, a patch within the first two. */
function neighbourhoods(track: string, { numbers }: Version, channel: string): readonly string[] {
  return [0, 1, 2].map((shared) => [track, channel, shared, ...numbers.slice(0, shared)].join(" "));
}

function insertNewest(newest: Map<string, Tag[]>, key: string, tag: Tag): void {
  const tags = newest.get(key) ?? [];
  const place = tags.findIndex((other) => compareParsedTags(other, tag) <= 0);
  if (place >= 0 && tags[place]?.text === tag.text) return;
  tags.splice(place < 0 ? tags.length : place, 0, tag);
  tags.length = Math.min(tags.length, NEWEST);
  newest.set(key, tags);
}
