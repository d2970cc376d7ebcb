import type { LedgerEntry } from "../../core/ledger.ts";
import { isReasonCode, sentence } from "../../core/reason.ts";
import { repositoryKey } from "../../core/repository.ts";
import { wordsOf } from "../../core/view/narration.ts";
import type { NamedRepository } from "../../core/view/view.ts";

/** A fact as a person reads it. */
export interface Said {
  readonly what: string;
  readonly tone?: "good" | "bad";
}

/** What the story leaves out, and a person who looks back wants to know. */
const OTHERS: Readonly<Record<string, (data: LedgerEntry["data"]) => string>> = {
  "left to its new author": () => "somebody else committed to the branch; it is left to them",
  refused: () => "closed by someone who may write: this update is refused",
  closed: () => "closed by Oakum: it is not wanted any more",
  "closed without write access": () => "closed by someone who may not write, and opened anew",
  reopened: () => "opened again",
  "branch deleted": () => "branch deleted",
  "build stopped": () => "the build is not waited for any more, and was stopped",
  granted: () => "its wave may start",
  halted: () => "the campaign is halted: too many of its targets failed",
  reported: ({ words }) => `reported: ${String(words)}`,
  "configuration reported": ({ problems }) => configuration(problems),
  paused: ({ why }) => `paused${typeof why === "string" ? `: ${why}` : ""}`,
  resumed: () => "resumed",
};

/** What a fact says; its own name where nobody has found better words. */
export function say(entry: LedgerEntry): Said {
  const { transition, data } = entry;
  const told = wordsOf(entry);
  if (told !== undefined) return told;
  const own = Object.hasOwn(OTHERS, transition) ? OTHERS[transition] : undefined;
  if (own !== undefined) return { what: `${placeOf(entry)}${own(data)}` };
  if (transition.endsWith(" begun")) return { what: `${placeOf(entry)}its turn has come` };
  if (transition.startsWith("told ")) return { what: `${transition}: ${String(data.title)}` };
  const reasons = Array.isArray(data.reasons) ? data.reasons.filter((one) => typeof one === "string") : [];
  const why = reasons.map((code) => (isReasonCode(code) ? sentence({ code }) : code)).join("; ");
  return { what: why === "" ? transition : `${transition}: ${why}` };
}

/** The environment that a fact is about, and a colon; nothing where it is about none. */
function placeOf({ subject }: LedgerEntry): string {
  const environment = /^target:[^/]+\/\d+\/\d+\/([^/]+)/.exec(subject)?.[1];
  return environment === undefined ? "" : `${environment}: `;
}

function configuration(problems: unknown): string {
  if (!Array.isArray(problems)) return "configuration reported";
  return problems.length === 0
    ? "the configuration has no problems any more"
    : `the configuration has ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
}

/** Whether a fact only says that the next one was meant to happen, or that the one before was told to somebody. */
export function isAside({ transition }: LedgerEntry): boolean {
  return transition.endsWith(" intended") || transition === "reported" || transition.startsWith("told ");
}

const REPOSITORY = /^[a-z]+:([^/]+\/\d+\/\d+)/;

/** The key of the repository that a subject is about. */
export function keyOf(subject: string): string | undefined {
  return REPOSITORY.exec(subject)?.[1];
}

/** A subject or cause with the repository's name in place of its numbers. */
export function named(text: string, repository: NamedRepository | undefined): string {
  if (repository === undefined) return text;
  const key = repositoryKey(repository);
  const at = text.indexOf(key);
  const isWhole = at !== -1 && /^(?:[/#@]|$)/.test(text.slice(at + key.length));
  return isWhole ? text.replace(key, () => `${repository.owner}/${repository.name}`) : text;
}
