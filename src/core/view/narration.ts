import type { LedgerEntry } from "../ledger.ts";
import { isReasonCode, sentence } from "../reason.ts";

/** A row of the ledger as a person tells it. */
export interface Told {
  readonly who: string;
  readonly what: string;
  readonly tone?: "good" | "bad";
  /** What is under way from then on, as far as anything is. */
  readonly next?: string;
}

/** What a row is told as, by its data and the environment that it is about. */
type Words = (data: LedgerEntry["data"], environment: string) => Omit<Told, "who">;

/** What each transition is called in the story; others are for the audit, not for the story. */
const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>(
  Object.entries({
    moved: ({ tag, digest, users }) => ({
      what: `${text(tag)} is ${short(digest)} now${users === undefined ? "" : `; used by ${many(users, "repository", "repositories")}`}`,
    }),
    pushed: () => ({
      what: "branch pushed, every edit proved by reading the file again",
      next: "opening the pull request",
    }),
    opened: ({ title }) => ({ what: `pull request opened: ${text(title)}`, next: "asking for a rebuild" }),
    "build requested": () => ({
      what: "rebuild asked for, on the new base",
      next: "rebuilding on the new base, then scanning",
    }),
    "verdict pass": (data) => ({ what: `verdict pass${counts(data)}`, tone: "good", next: "merging by policy" }),
    "verdict fail": (data) => ({ what: `verdict fail${counts(data)}: ${why(data.reasons)}`, tone: "bad" }),
    "verdict held": ({ reasons }) => ({ what: `verdict held: ${why(reasons)}`, tone: "bad" }),
    "merge held": ({ reasons }) => ({ what: `not merged: ${why(reasons)}` }),
    merged: ({ number }) => ({
      what: `pull request #${text(number)} merged by policy`,
      next: "waiting for the release, to check and scan it",
    }),
    released: ({ image, targets }) => ({
      what: `release ${short(image)} built, checked and scanned; ${many(targets, "target", "targets")}`,
      next: "starting the first deployment",
    }),
    "release rejected": ({ why: code }) => ({ what: `release rejected: ${why(code)}`, tone: "bad" }),
    deployed: ({ image }, environment) => ({
      what: `${environment}: deployment of ${short(image)} started`,
      next: `${environment}: rolling out`,
    }),
    "rollback deployed": ({ previous }, environment) => ({
      what: `${environment}: going back to ${short(previous)}`,
      tone: "bad",
      next: `${environment}: rolling back`,
    }),
    soaking: (_, environment) => ({
      what: `${environment}: runs everywhere; soaking`,
      next: `${environment}: soaking, then asking again what runs`,
    }),
    confirmed: ({ image }, environment) => ({
      what: `${environment}: confirmed, ${short(image)} runs, healthy, scanned again`,
      tone: "good",
    }),
    "rolled-back": ({ why: code }, environment) => ({ what: `${environment}: rolled back: ${why(code)}`, tone: "bad" }),
    failed: ({ why: code }, environment) => ({ what: `${environment}: failed: ${why(code)}`, tone: "bad" }),
  } satisfies Record<string, Words>),
);

/** Tells a row, naming repositories by their names; `undefined` for one that is not part of the story. */
export function narrate(entry: LedgerEntry, repositories: Readonly<Record<string, number>>): Told | undefined {
  const words = wordsOf(entry);
  return words && { who: placeOf(entry.subject, repositories).who, ...words };
}

/** A row as it is told where it is plain which subject it is about; `undefined` as above. */
export function wordsOf({ subject, transition, data }: LedgerEntry): Omit<Told, "who"> | undefined {
  return WORDS.get(transition)?.(data, placeOf(subject, {}).environment);
}

function placeOf(
  subject: string,
  repositories: Readonly<Record<string, number>>,
): { readonly who: string; readonly environment: string } {
  const [kind = "", rest = ""] = [subject.slice(0, subject.indexOf(":")), subject.slice(subject.indexOf(":") + 1)];
  if (kind === "image") return { who: rest.slice(rest.lastIndexOf("/") + 1), environment: "" };
  const [, , id = "", environment = ""] = rest.split(/[/#@]/);
  const name = Object.entries(repositories).find(([, one]) => String(one) === id)?.[0] ?? subject;
  return { who: name, environment };
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
