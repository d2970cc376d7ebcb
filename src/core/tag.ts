import type { ChangeClass } from "./policy.ts";
import { readSemanticTag } from "./semantic-tag.ts";
import { changeBetween, channelOf, compareTexts, compareVersions, type Version } from "./version.ts";

/** A tag, read. Without a version (`latest`, a codename, a commit) it is alone on its track: only its digest can change. */
export interface Tag {
  readonly text: string;
  readonly track: string;
  readonly version?: Version;
}

/** How one family of tags is read: its track and version, or nothing when the tag is not of that family. */
type ReadTag = (text: string) => { readonly track: string; readonly version: Version } | undefined;

/** The families that are understood; the first that reads a tag decides. */
const FAMILIES: readonly ReadTag[] = [readSemanticTag];

/** How many of the newest tags of each change class are watched: a younger one may have to wait, an older one has aged. */
const NEWEST = 3;

/** No tag is longer (OCI distribution specification); what a registry lists beyond it is not worth reading. */
const MAX_TAG = 128;

/** Reads any tag; one that no family knows is a name. */
export function parseTag(text: string): Tag {
  if (text.length > MAX_TAG) return { text, track: text };
  for (const read of FAMILIES) {
    const found = read(text);
    if (found !== undefined) return { text, ...found };
  }
  return { text, track: text };
}

/** The track of a tag: `22-alpine` is on `N-alpine`, `v1.2.3` on `vN.N.N`, `latest` on `latest`. */
export function trackOf(tag: string): string {
  return parseTag(tag).track;
}

/** Negative if `a` sorts before `b`: a total order over all tags, names first, then versions from old to new. */
export function compareTags(a: string, b: string): number {
  return compareParsedTags(parseTag(a), parseTag(b));
}

function compareParsedTags(a: Tag, b: Tag): number {
  return compareMaybeVersions(a.version, b.version) || compareTexts(a.text, b.text);
}

function compareMaybeVersions(a: Version | undefined, b: Version | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return compareVersions(a, b);
}

/** What going from one tag to a newer one of its track changes; `undefined` when `to` is not that. */
export function changeClass(from: string, to: string): ChangeClass | undefined {
  return changeBetweenTags(parseTag(from), parseTag(to));
}

function changeBetweenTags(from: Tag, to: Tag): ChangeClass | undefined {
  if (from.track !== to.track || from.version === undefined || to.version === undefined) return undefined;
  return changeBetween(from.version, to.version);
}

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
