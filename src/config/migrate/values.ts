import { stringsOf, type Values } from "../foreign.ts";
import { LONGEST_GLOB } from "../glob.ts";
import type { Note } from "./note.ts";

const UNITS: Readonly<Record<string, string>> = { minute: "m", hour: "h", day: "d" };
const DAYS: Readonly<Record<string, number>> = { week: 7, month: 30, year: 365 };
/** What `minAge` may be. */
export const AGE = "duration of at most 366 days";

/** `3 days` as `3d`. */
export function minAgeOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const [, digits = "", unit = ""] =
    /^\s*(\d{1,6})\s*(minute|hour|day|week|month|year|m|h|d|w)s?\s*$/i.exec(text) ?? [];
  const name = { m: "minute", h: "hour", d: "day", w: "week" }[unit.toLowerCase()] ?? unit.toLowerCase();
  const days = DAYS[name];
  const many = Number(digits) * (days ?? 1);
  const letter = days === undefined ? UNITS[name] : "d";
  return letter === undefined || (letter === "d" && many > 366) ? undefined : `${many}${letter}`;
}

/** An image as Docker names it, as a glob of ours: with its registry. Expressions and negations are none. */
export function imageGlobOf(name: string): string | undefined {
  if (name === "*" || name === "**") return "**";
  if (
    name === "" ||
    name.length > LONGEST_GLOB - 20 ||
    /[{}[\]!\\\s@]|^\/|\/$|:/.test(name.replace(/^([^/:]*):\d+(?=\/)/, "$1"))
  )
    return undefined;
  const [first = "", ...others] = name.split("/");
  if (others.length > 0 && (/[.:]/.test(first) || first === "localhost" || first === "**")) return name;
  // `*` alone does not cross a slash, and an image without one is Docker's own.
  if (others.length === 0) return name.endsWith("**") ? `docker.io/${name}` : `docker.io/library/${name}`;
  return `docker.io/${name}`;
}

/** Versions that begin alike, as a glob of tags: `22.x`, `/^22/`, `22.*`. */
export function tagsOf(allowed: unknown): string | undefined {
  if (typeof allowed !== "string") return undefined;
  const [, expression] = /^\/\^v?(\d+(?:\\?\.\d+)*(?:\\?\.)?)\/$/.exec(allowed) ?? [];
  if (expression !== undefined) return `${expression.replaceAll("\\", "")}*`;
  const [, version] = /^v?(\d+(?:\.\d+)*)\.[x*]$/.exec(allowed) ?? [];
  return version === undefined ? undefined : `${version}*`;
}

/** Labels of our pull requests: as many as ours may have. */
export function labelsOf(resolved: Values, note: (path: string, why: string) => void): readonly string[] {
  const all = [...new Set([...stringsOf(resolved.labels), ...stringsOf(resolved.addLabels)])];
  const plain = all.filter((label) => label.length > 0 && label.length <= 50 && !label.includes("{{"));
  if (plain.length < all.length || plain.length > 10)
    note("labels", "at most ten, of at most 50 characters, without templates");
  return plain.slice(0, 10);
}

/** A path, or a glob of paths, as a glob of ours: from the root. Braces, brackets and expressions are none. */
export function pathGlobOf(text: string): string | undefined {
  const path = text.replace(/^(\.?\/)+/, "").replace(/\/$/, "/**");
  return path === "" || path.length > LONGEST_GLOB || /[{}[\]!\\]|^\/.*\/$|^\//.test(path) ? undefined : path;
}

const MOST_BRANCHES = 10;

/** Names and globs of branches that are ours as well; the rules hold on each of them, and on the default branch. */
export function branchesOf(names: readonly string[], path: string, note: Note): readonly string[] {
  const known = names.filter((name) => {
    const isKnown = /^[\w.*?/-]+$/.test(name) && !name.startsWith("/") && name.length <= LONGEST_GLOB;
    if (!isKnown) note(path, `${JSON.stringify(name)} is no glob of branches`);
    return isKnown;
  });
  const all = [...new Set(known)];
  if (all.length > MOST_BRANCHES) note(path, `${MOST_BRANCHES} are the most`);
  return all.slice(0, MOST_BRANCHES);
}
