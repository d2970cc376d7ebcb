import type { ChangeClass } from "../policy/policy.ts";
import { type OsRelease, osReleaseOf } from "./os-release.ts";
import { readSemanticTag } from "./semantic-tag.ts";
import { changeBetween, channelOf, compareTexts, compareVersions, type Version } from "./version.ts";

/** A tag, read. Without a version (`latest`, a codename, a commit) it is alone on its track: only its digest can change. */
export interface Tag {
  readonly text: string;
  readonly track: string;
  readonly version?: Version;
  /** Where the track names one: beside it there are tracks of the same on another release. */
  readonly os?: OsRelease;
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
    if (found === undefined) continue;
    const os = osReleaseOf(found.track);
    return { text, ...found, ...(os && { os }) };
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

/**
 * What going from one tag to a newer one of its track changes, or to the same version on a newer release of its OS;
 * `undefined` when `to` is neither.
 */
export function changeClass(from: string, to: string): ChangeClass | undefined {
  return changeBetweenTags(parseTag(from), parseTag(to));
}

function changeBetweenTags(from: Tag, to: Tag): ChangeClass | undefined {
  if (from.version === undefined || to.version === undefined) return undefined;
  if (from.track === to.track) return changeBetween(from.version, to.version);
  const isSameElse = from.os?.track === to.os?.track && compareVersions(from.version, to.version) === 0;
  return isSameElse && isNewer(to.os, from.os) ? "os" : undefined;
}

function isNewer(os: OsRelease | undefined, than: OsRelease | undefined): boolean {
  return os !== undefined && than !== undefined && os.release > than.release;
}

/** A repository's tags, arranged so that the newer ones of any tag are found without looking at all of them. */
export interface TagIndex {
  /** The newest tags of each neighbourhood, newest first. */
  readonly newest: ReadonlyMap<string, readonly Tag[]>;
  /** Of each version the tags on the newest OS releases, newest first. */
  readonly newestOs: ReadonlyMap<string, readonly Tag[]>;
}

/** Arranges all tags of a repository. Linear in the number of tags. */
export function indexTags(all: Iterable<string>): TagIndex {
  const newest = new Map<string, Tag[]>();
  const newestOs = new Map<string, Tag[]>();
  for (const text of all) {
    const tag = parseTag(text);
    if (tag.version === undefined) continue;
    for (const key of neighbourhoods(tag.track, tag.version, channelOf(tag.version))) {
      insertNewest(newest, key, tag, compareParsedTags);
    }
    if (tag.os !== undefined) insertNewest(newestOs, osKey(tag.os, tag.version), tag, compareOs);
  }
  return { newest, newestOs };
}

/** The newest three tags of each change class that `tag` could go to: newer versions, newest first, then newer OS releases. */
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
  const versions = [...found.values()].sort((a, b) => compareParsedTags(b, a));
  const releases = current.os === undefined ? [] : (index.newestOs.get(osKey(current.os, version)) ?? []);
  return [...versions, ...releases]
    .filter((near) => changeBetweenTags(current, near) !== undefined)
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

/** Tags of one version on one track but for the OS release. */
function osKey({ track }: OsRelease, { numbers, preRelease }: Version): string {
  return [track, ...numbers, preRelease?.word ?? "", ...(preRelease?.numbers ?? [])].join(" ");
}

function compareOs(a: Tag, b: Tag): number {
  return (a.os?.release ?? 0) - (b.os?.release ?? 0) || compareTexts(a.text, b.text);
}

function insertNewest(newest: Map<string, Tag[]>, key: string, tag: Tag, compare: (a: Tag, b: Tag) => number): void {
  const tags = newest.get(key) ?? [];
  const place = tags.findIndex((other) => compare(other, tag) <= 0);
  if (place >= 0 && tags[place]?.text === tag.text) return;
  tags.splice(place < 0 ? tags.length : place, 0, tag);
  tags.length = Math.min(tags.length, NEWEST);
  newest.set(key, tags);
}
