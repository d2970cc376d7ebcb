import { type Reason, type ReasonCode, reason } from "../reason.ts";
import { type Habit, isLongTermOs, isLongTermTag, isUnreleasedOs } from "./habit.ts";
import { compareOsReleases } from "./os-release.ts";
import { changeBetweenTags, type Form, isArchitecture, type Tag } from "./tag.ts";
import { compareReleases, compareVersions, isFitFor } from "./version.ts";

const WINDOWS = /^(?:windows.*|nanoserver|servercore|ltsc\d{4})$/;
/** Shapes that differ in nothing but how exact they are. */
const NUMBERS = /^N(?:\.N)*$/;

/** Why a tag is no step from another, whatever policy says; `undefined` when it is one. Total: no other tag is without a reason. */
export function whyNoStep(from: Tag, to: Tag, habit: Habit): Reason | undefined {
  if (from.version === undefined || from.form === undefined) return reason("tag-unordered");
  if (to.version === undefined || to.form === undefined) return reason("tag-no-version");
  const code = whyApart(from, to, from.form, to.form) ?? whyNotNewer(from, to) ?? whyUnfit(from, to, habit);
  return code && reason(code);
}

/** Why two tags cannot be compared at all. */
function whyApart(from: Tag, to: Tag, here: Form, there: Form): ReasonCode | undefined {
  if (platformOf(from.text) !== platformOf(to.text)) return "tag-other-platform";
  if ((from.os?.track ?? from.track) === (to.os?.track ?? to.track)) return undefined;
  if (from.os?.shape !== to.os?.shape) return "tag-other-os";
  if (wordsOf(here) !== wordsOf(there)) return "tag-other-variant";
  const isNumbers = NUMBERS.test(here.shape) && NUMBERS.test(there.shape);
  return isNumbers && here.prefix === there.prefix && here.suffix === there.suffix
    ? "tag-other-precision"
    : "tag-other-form";
}

/** Why a tag on the track of another, or on the same but for the OS release, is not ahead of it. */
function whyNotNewer(from: Tag, to: Tag): ReasonCode | undefined {
  if (from.version === undefined || to.version === undefined) return "tag-no-version";
  if (!isFitFor(from.version, to.version)) return "tag-pre-release";
  const os = from.os === undefined || to.os === undefined ? 0 : compareOsReleases(to.os, from.os);
  if (os < 0) return "tag-older-os";
  if (os > 0) return compareReleases(to.version, from.version) < 0 ? "tag-older" : undefined;
  const order = compareVersions(to.version, from.version);
  if (order === 0) return "tag-same-version";
  return order < 0 ? "tag-older" : undefined;
}

/** Why a tag that is ahead is none that a careful person would go to. */
function whyUnfit(from: Tag, to: Tag, habit: Habit): ReasonCode | undefined {
  const isOs = from.track !== to.track;
  if (isOs && isUnreleasedOs(to, habit)) return "tag-os-unreleased";
  if (isOs && changeBetweenTags(from, to) === undefined) return "tag-os-and-version";
  const leaves = isOs
    ? isLongTermOs(from, habit) === true && isLongTermOs(to, habit) === false
    : isLongTermTag(from, habit) === true && isLongTermTag(to, habit) === false;
  return leaves ? "tag-not-lts" : undefined;
}

/** The words of a tag that say what machine it is for. */
function platformOf(text: string): string {
  const words = text.split("-");
  const architectures = words.filter(isArchitecture).join(" ");
  return words.some((word) => WINDOWS.test(word)) ? `windows ${architectures}` : architectures;
}

/** The words before and after the version, without what is written for a build. */
function wordsOf({ prefix, suffix }: Form): string {
  const words = suffix.split("-").filter((word) => !/^(?:[a-z]+[._]?)?B$/.test(word));
  return [prefix.replace(/v$/i, ""), ...words].join(" ").trim();
}
