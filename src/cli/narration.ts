import type { LedgerEntry } from "../core/ledger.ts";
import { isReasonCode, sentence } from "../core/reason.ts";

/** A row of the ledger as a person tells it. */
export interface Told {
  readonly who: string;
  readonly what: string;
}

type Words = (data: LedgerEntry["data"], entry: LedgerEntry) => string;

/** What each transition is called in the story; others are for the audit, not for the story. */
const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>(
  Object.entries({
    moved: ({ tag, digest, users }) =>
      `${text(tag)} names ${short(digest)} now; used by ${many(users, "repository", "repositories")}`,
    pushed: () => "branch pushed, every edit proved by reading the file again",
    opened: ({ title }) => `pull request opened: ${text(title)}`,
    "build requested": () => "rebuild asked for, on the new base",
    "verdict pass": (data) => `verdict: pass${counts(data)}`,
    "verdict fail": (data) => `verdict: fail${counts(data)}: ${why(data.reasons)}`,
    "verdict held": ({ reasons }) => `verdict: held: ${why(reasons)}`,
    "merge held": ({ reasons }) => `not merged: ${why(reasons)}`,
    merged: ({ number }) => `pull request #${text(number)} merged by policy`,
    released: ({ image, targets }) =>
      `release ${short(image)} built, checked and scanned; ${many(targets, "target", "targets")}`,
    "release rejected": ({ why }) => `release rejected: ${text(why)}`,
    deployed: ({ image }) => `deployment of ${short(image)} started`,
    "rollback deployed": ({ previous }) => `going back to ${short(previous)}`,
    soaking: () => "runs everywhere; soaking",
    confirmed: ({ image }) => `confirmed: ${short(image)} runs, healthy, scanned again`,
    "rolled-back": ({ why }) => `rolled back: ${text(why)}`,
    failed: ({ why }) => `failed: ${text(why)}`,
  }),
);

/** Tells a row, naming repositories by their names; `undefined` for one that is not part of the story. */
export function narrate(entry: LedgerEntry, repositories: Readonly<Record<string, number>>): Told | undefined {
  const words = WORDS.get(entry.transition);
  return words && { who: whoOf(entry.subject, repositories), what: words(entry.data, entry) };
}

function whoOf(subject: string, repositories: Readonly<Record<string, number>>): string {
  const [kind = "", rest = ""] = [subject.slice(0, subject.indexOf(":")), subject.slice(subject.indexOf(":") + 1)];
  if (kind === "image") return rest.slice(rest.lastIndexOf("/") + 1);
  const [, , id = "", environment] = rest.split(/[/#@]/);
  const name = Object.entries(repositories).find(([, one]) => String(one) === id)?.[0] ?? subject;
  return kind === "target" ? `${name} ${environment}` : name;
}

/** What the scans say, where both were done. */
function counts({ fixed, introduced, remaining }: LedgerEntry["data"]): string {
  if (typeof fixed !== "number") return "";
  return ` (${fixed} fixed, ${text(introduced)} introduced, ${text(remaining)} remaining)`;
}

function many(value: unknown, one: string, several: string): string {
  return `${text(value)} ${value === 1 ? one : several}`;
}

/** Codes of reasons as their sentences. */
function why(codes: unknown): string {
  const known = Array.isArray(codes) ? codes.map(text) : [text(codes)];
  return known.map((code) => (isReasonCode(code) ? sentence({ code }) : code)).join("; ");
}

function short(value: unknown): string {
  return text(value).match(/sha256:[0-9a-f]{12}/)?.[0] ?? text(value);
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
