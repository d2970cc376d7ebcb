import type { ChangeClass } from "../policy/policy.ts";
import { matchesGlob } from "../text/glob.ts";
import { type Habit, isLongTermOs, isLongTermTag, isUnreleasedOs } from "./habit.ts";
import { compareOsReleases } from "./os-release.ts";
import { changeBetweenTags, compareParsedTags, isSameRelease, parseTag, type Tag } from "./tag.ts";
import { channelOf, comparePrefixes, type Version } from "./version.ts";

/** For each class of change, what policy wants a tag to match that it may go to: a glob; absent where it wants nothing. */
export type Globs = { readonly [C in "patch" | "minor" | "major" | "os"]?: string };

/** Tags that are compared with a glob, of each class: a publisher may have 100,000 newer ones, and none that matches. */
const MOST_TRIED = 2_000;

/** How many of the newest tags of each change class are watched: a younger one may have to wait, an older one has aged. */
const NEWEST = 3;

/** A repository's tags, arranged so that the newer ones of any tag are found without looking at all of them. */
export interface TagIndex {
  readonly habit: Habit;
  /** By track and channel. */
  readonly tracks: ReadonlyMap<string, Track>;
  /** By track with the OS release left open, and by the first two numbers: with another release only a patch may come. */
  readonly systems: ReadonlyMap<string, readonly Tag[]>;
  /** What was found of a tag in use and what policy wants there: any number of uses ask for the same. */
  readonly found: Map<string, readonly string[]>;
}

/** The tags of one track and channel; put into order, newest first, when they are first asked about. */
interface Track {
  readonly tags: Tag[];
  isSorted: boolean;
}

/** Arranges all tags of a repository. Linear in the number of tags. */
export function indexTags(all: Iterable<string>, habit: Habit): TagIndex {
  const tracks = new Map<string, Track>();
  const systems = new Map<string, Tag[]>();
  for (const text of new Set(all)) {
    const tag = parseTag(text);
    if (tag.version === undefined) continue;
    const key = trackKey(tag.track, channelOf(tag.version));
    const track = tracks.get(key);
    if (track === undefined) tracks.set(key, { tags: [tag], isSorted: false });
    else track.tags.push(tag);
    if (tag.os !== undefined) pushTo(systems, systemKey(tag.os.track, tag.version), tag);
  }
  return { habit, tracks, systems, found: new Map() };
}

/**
 * The newest three tags of each change class that `tag` could go to, and the newest three of those that match: newer releases,
 * newest first, then for who uses one newer pre-releases, then newer releases of its OS.
 */
export function newerTags(index: TagIndex, tag: string, globs: Globs = {}): readonly string[] {
  const key = JSON.stringify([tag, globs.patch, globs.minor, globs.major, globs.os]);
  const found = index.found.get(key) ?? findNewer(index, tag, globs);
  index.found.set(key, found);
  return found;
}

function findNewer(index: TagIndex, tag: string, globs: Globs): readonly string[] {
  const current = parseTag(tag);
  const { version } = current;
  if (version === undefined) return [];
  const versions = [...new Set(["release", channelOf(version)])].flatMap((channel) =>
    newerVersions(index, current, version, channel, globs),
  );
  return [...versions, ...newerReleasesOfOs(index, current, globs)].map(({ text }) => text);
}

/** A tag that is in use, and what policy wants newer ones to match there. */
export interface TagInUse {
  readonly tag: string;
  readonly globs?: Globs;
}

/** The tags whose digests are worth asking for: those in use, and for each the newest of every change class. */
export function watchedTags(inUse: readonly TagInUse[], all: Iterable<string>, habit: Habit): readonly string[] {
  const index = indexTags(all, habit);
  const watched = new Set(inUse.map(({ tag }) => tag));
  for (const { tag, globs } of inUse) {
    for (const newer of newerTags(index, tag, globs)) watched.add(newer);
  }
  return [...watched];
}

/** A major change stays on the track, a minor one within the first number, a patch within the first two. */
function newerVersions(
  { tracks, habit }: TagIndex,
  current: Tag,
  version: Version,
  channel: string,
  globs: Globs,
): readonly Tag[] {
  const tags = sorted(tracks.get(trackKey(current.track, channel)));
  const isKept = isLongTermTag(current, habit) ? (tag: Tag) => isLongTermTag(tag, habit) === true : () => true;
  const found = new Set<Tag>();
  for (const shared of [0, 1, 2]) {
    let any = NEWEST;
    let wanted = NEWEST;
    const first = firstWithin(tags, version, shared);
    for (let at = first; wanted > 0 && at < first + MOST_TRIED && isWithin(tags[at], version, shared); at += 1) {
      const tag = tags[at];
      const change = tag && changeBetweenTags(current, tag);
      if (tag === undefined || change === undefined) break;
      const isWanted = matches(tag, change, globs);
      if (!isKept(tag) || (any <= 0 && !isWanted)) continue;
      found.add(tag);
      any -= 1;
      if (isWanted) wanted -= 1;
    }
  }
  return [...found].sort((a, b) => compareParsedTags(b, a));
}

/** Tags of the same version, and patches of it, on the newest releases of the OS. */
function newerReleasesOfOs({ systems, habit }: TagIndex, current: Tag, globs: Globs): readonly Tag[] {
  if (current.os === undefined || current.version === undefined) return [];
  const isLongTerm = isLongTermOs(current, habit) === true;
  const newer = (systems.get(systemKey(current.os.track, current.version)) ?? [])
    .filter((tag) => changeBetweenTags(current, tag) === "os" && !isUnreleasedOs(tag, habit))
    .filter((tag) => !isLongTerm || isLongTermOs(tag, habit) === true)
    .sort((a, b) => compareOs(b, a));
  const wanted = newer.filter((tag) => matches(tag, "os", globs));
  const found = new Set(
    [newer, wanted].flatMap((tags) => [
      ...tags.slice(0, NEWEST),
      ...tags.filter((tag) => isSameRelease(current, tag)).slice(0, NEWEST),
    ]),
  );
  return newer.filter((tag) => found.has(tag));
}

function matches({ text }: Tag, change: ChangeClass, globs: Globs): boolean {
  const glob = change === "pin" || change === "digest" ? undefined : globs[change];
  return glob === undefined || matchesGlob(glob, text);
}

function trackKey(track: string, channel: string): string {
  return `${track} ${channel}`;
}

function systemKey(track: string, { numbers: [first, second] }: Version): string {
  return `${track} ${first}.${second}`;
}

function pushTo(map: Map<string, Tag[]>, key: string, tag: Tag): void {
  const tags = map.get(key);
  if (tags === undefined) map.set(key, [tag]);
  else tags.push(tag);
}

function sorted(track: Track | undefined): readonly Tag[] {
  if (track === undefined) return [];
  if (!track.isSorted) track.tags.sort((a, b) => compareParsedTags(b, a));
  track.isSorted = true;
  return track.tags;
}

/** Where, newest first, the tags begin that share the first numbers of a version. */
function firstWithin(tags: readonly Tag[], version: Version, shared: number): number {
  let low = 0;
  let high = tags.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(tags[middle], version, shared) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(tag: Tag | undefined, version: Version, shared: number): boolean {
  return tag !== undefined && order(tag, version, shared) === 0;
}

function order(tag: Tag | undefined, version: Version, shared: number): number {
  return comparePrefixes(tag?.version?.numbers ?? [], version.numbers, shared);
}

function compareOs(a: Tag, b: Tag): number {
  if (a.os === undefined || b.os === undefined) return 0;
  return compareOsReleases(a.os, b.os) || compareParsedTags(a, b);
}
