import type { ChangeClass } from "../policy/policy.ts";
import { readDatePart } from "./date-part.ts";
import { compareOsReleases, findOsRelease, type OsRelease } from "./os-release.ts";
import { readTail } from "./tail.ts";
import { changeBetween, compareReleases, compareTexts, compareVersions, type Version } from "./version.ts";
import { readPreRelease, readVersionPart } from "./version-part.ts";

/** A tag, read. Without a version (`latest`, a commit) it is alone on its track: only its digest can change. */
export interface Tag {
  readonly text: string;
  readonly track: string;
  readonly version?: Version;
  /** Where the track names one: beside it there are tracks of the same on another release. */
  readonly os?: OsRelease & { readonly track: string };
  /** How it is written, where it has a version: what precedes it, how exact it is, and what follows. */
  readonly form?: Form;
}

export interface Form {
  readonly prefix: string;
  readonly shape: string;
  readonly suffix: string;
}

/** A version found in a tag, its OS release masked. */
type Found = Form & { readonly version: Version };

/** No tag is longer (OCI distribution specification); what a registry lists beyond it is not worth reading. */
const MAX_TAG = 128;
/** A git commit id, whole or abbreviated. All-digit ones are long numbers. */
const COMMIT = /^(?=.*[a-f])[a-f0-9]{7,40}$/;
/** Stands for the OS release among a tag's parts. */
const OS = "\0";

const WORD = /^[A-Za-z][A-Za-z_.]*$/;
/** Architectures, as tags name them. */
const ARCHITECTURE =
  /^(?:amd64|x86_64|x86|i386|386|arm64|arm64v8|aarch64|arm|armhf|armv[5-8]|arm32v[5-7]|ppc64le|s390x|riscv64|mips64le|loong64)$/;
/** What such a tag is built from is a branch, a change or a commit: its number says nothing of what is newer. */
const STREAM =
  /^(?:pr|mr|pull|sha|git|commit|branch|main|master|trunk|develop|dev|feature|feat|fix|test|ci|run|job|build|edge|unstable)$/i;

/** Reads any tag; one without a version that can be ordered is a name. */
export function parseTag(text: string): Tag {
  if (text.length > MAX_TAG || text.includes(OS) || COMMIT.test(text)) return { text, track: text };
  const written = text.split("-");
  const os = findOsRelease(written);
  const parts = os === undefined ? written : written.toSpliced(os.at, os.length, OS);
  const found = readDate(parts) ?? readVersion(parts) ?? readOsAlone(parts);
  if (found === undefined) return { text, track: text };
  const { prefix, shape, suffix, version } = found;
  const masked = prefix + shape + suffix;
  const form = { prefix, shape, suffix };
  if (os === undefined) return { text, track: masked, version, form };
  return {
    text,
    track: masked.replace(OS, os.text),
    version,
    form,
    os: { ...os, track: masked.replace(OS, os.shape) },
  };
}

/** A date after words alone. After a codename it is a build of that release: `noble-20250415`. */
function readDate(parts: readonly string[]): Found | undefined {
  const at = parts.findIndex((part, i) => !isWord(part) || readDatePart(parts, i) !== undefined);
  const date = readDatePart(parts, at);
  if (date === undefined) return undefined;
  const before = parts.slice(0, at);
  const tail = readTail(parts.slice(at + date.length), 0);
  if (tail === undefined) return undefined;
  const build = before.includes(OS) ? [...date.numbers, ...tail.build] : tail.build;
  return {
    prefix: join(before) + date.prefix,
    shape: date.shape,
    suffix: tail.text,
    version: { numbers: before.includes(OS) ? [] : date.numbers, ...(build.length > 0 && { build }) },
  };
}

/** A version, at the beginning or, when it has at least two numbers, after words: `slim-2.10.3`. */
function readVersion(parts: readonly string[]): Found | undefined {
  const at = parts.findIndex((part) => !isWord(part));
  const core = readVersionPart(parts[at] ?? "");
  if (core === undefined) return undefined;
  const before = parts.slice(0, at);
  const { numbers } = core.version;
  if (before.length > 0 && (numbers.length < 2 || before.some((part) => STREAM.test(part)))) return undefined;
  const isWhole = core.version.preRelease !== undefined || core.rest !== "";
  const stage = isWhole ? undefined : readPreRelease(parts[at + 1], parts[at + 2]);
  const tail = readTail(parts.slice(at + 1 + (stage?.length ?? 0)), numbers.length);
  if (tail === undefined) return undefined;
  const build = [...(core.version.build ?? []), ...tail.build];
  return {
    prefix: join(before) + core.prefix,
    shape: core.shape,
    suffix: core.rest + tail.text,
    version: {
      ...core.version,
      ...(stage !== undefined && { preRelease: stage.preRelease }),
      ...(build.length > 0 && { build }),
    },
  };
}

/** Words and a release of an OS: `bookworm-slim`, `lts-alpine3.22`, `ltsc2022`. */
function readOsAlone(parts: readonly string[]): Found | undefined {
  if (!parts.includes(OS) || parts.some((part) => STREAM.test(part))) return undefined;
  const tail = readTail(parts, 0);
  if (tail === undefined) return undefined;
  const { text, build } = tail;
  return {
    prefix: "",
    shape: "",
    suffix: text.slice(1),
    version: { numbers: [], ...(build.length > 0 && { build }) },
  };
}

function isWord(part: string): boolean {
  return part === OS || WORD.test(part) || isArchitecture(part);
}

/** Whether a word of a tag names an architecture. */
export function isArchitecture(word: string): boolean {
  return ARCHITECTURE.test(word);
}

function join(before: readonly string[]): string {
  return before.map((part) => `${part}-`).join("");
}

/** The track of a tag: `22-alpine` is on `N-alpine`, `v1.2.3` on `vN.N.N`, `latest` on `latest`. */
export function trackOf(tag: string): string {
  return parseTag(tag).track;
}

/** Negative if `a` sorts before `b`: a total order over all tags, names first, then versions from old to new. */
export function compareTags(a: string, b: string): number {
  return compareParsedTags(parseTag(a), parseTag(b));
}

export function compareParsedTags(a: Tag, b: Tag): number {
  return compareMaybeVersions(a.version, b.version) || compareTexts(a.text, b.text);
}

function compareMaybeVersions(a: Version | undefined, b: Version | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return compareVersions(a, b);
}

/**
 * What going from one tag to a newer one of its track changes, or to the same version or a patch of it on a newer release of
 * its OS; `undefined` when `to` is neither.
 */
export function changeClass(from: string, to: string): ChangeClass | undefined {
  return changeBetweenTags(parseTag(from), parseTag(to));
}

export function changeBetweenTags(from: Tag, to: Tag): ChangeClass | undefined {
  if (from.version === undefined || to.version === undefined) return undefined;
  if (from.track === to.track) return changeBetween(from.version, to.version);
  if (!isOnNewerOs(from, to)) return undefined;
  return isSameRelease(from, to) || changeBetween(from.version, to.version) === "patch" ? "os" : undefined;
}

/** Whether only the OS release, and a build of it, tells two tags apart. */
export function isSameRelease(from: Tag, to: Tag): boolean {
  return from.version !== undefined && to.version !== undefined && compareReleases(from.version, to.version) === 0;
}

function isOnNewerOs({ os: from }: Tag, { os: to }: Tag): boolean {
  return from !== undefined && to !== undefined && from.track === to.track && compareOsReleases(from, to) < 0;
}
