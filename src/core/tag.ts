import type { ChangeClass } from "./policy.ts";
import { readSemanticTag } from "./semantic-tag.ts";
import { changeBetween, compareTexts, compareVersions, type Version } from "./version.ts";

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

/** `compareTags` for tags that have been read already. */
export function compareParsedTags(a: Tag, b: Tag): number {
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

/** `changeClass` for tags that have been read already. */
export function changeBetweenTags(from: Tag, to: Tag): ChangeClass | undefined {
  if (from.track !== to.track || from.version === undefined || to.version === undefined) return undefined;
  return changeBetween(from.version, to.version);
}
