import type { Command } from "../../core/command.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { Sha } from "../../core/repository.ts";
import { formatTime } from "../../core/text/time-text.ts";
import type { Account } from "../../github/installations.ts";
import type { Ledger } from "../../store/ledger.ts";
import type { Tables } from "../../store/store.ts";
import { type PullPlace, pullSubject, refuse, targetsOf } from "./refusal.ts";

/** What people told us to do with one branch, as far as it counts still. */
export interface Wishes {
  /** Set while the branch is to be left alone. */
  readonly paused?: Reason;
  /** Set while nothing is to be proposed there; `until` in milliseconds since the epoch. */
  readonly snoozed?: { readonly until: number; readonly reason: Reason };
  /** Asked for and not done yet: over `head`, if that is somebody else's, and over no other. */
  readonly rebase?: { readonly cause: string; readonly head: Sha };
}

/** A command that was given, by whom, and under which cause it stands on the ledger. */
export interface Given {
  readonly own: PullRecord;
  readonly number: number;
  readonly head: Sha;
  readonly command: Command;
  readonly by: Account;
  readonly cause: string;
}

const PAUSED = "pull paused";
const SNOOZED = "snoozed";
const RESUMED = "pull resumed";
const ASKED = "rebase asked";
const REBASED = "rebased";

/** The wishes that count at `now` (milliseconds since the epoch). */
export async function wishesOf(ledger: Ledger, place: PullPlace, now: number): Promise<Wishes> {
  const subject = pullSubject(place);
  const resumed = (await ledger.newest(subject, RESUMED))?.sequence ?? 0;
  const paused = await ledger.newest(subject, PAUSED);
  const snoozed = await ledger.newest(subject, SNOOZED);
  const asked = await ledger.newest(subject, ASKED);
  const isDone = asked === undefined || (await ledger.find(subject, REBASED, asked.cause)) !== undefined;
  const until = Date.parse(String(snoozed?.data.until));
  const isSnoozed = snoozed !== undefined && snoozed.sequence > resumed && until > now;
  return {
    ...(paused !== undefined && paused.sequence > resumed && { paused: reason("pull-paused", whoOf(paused)) }),
    ...(isSnoozed && {
      snoozed: { until, reason: reason("snoozed", `until ${formatTime(until)}, ${whoOf(snoozed)}`) },
    }),
    ...(asked !== undefined && !isDone && { rebase: { cause: asked.cause, head: String(asked.data.head) } }),
  };
}

function whoOf({ data }: LedgerEntry): string {
  return `by ${(data.by as Account).login}`;
}

/** Why a command makes no sense now, for a person; `undefined` when it does. */
export function objection(command: Command, isOpen: boolean, wishes: Wishes): string | undefined {
  if (command.kind === "resume") {
    const isHeld = wishes.paused !== undefined || wishes.snoozed !== undefined;
    return isHeld ? undefined : "this pull request is neither paused nor snoozed";
  }
  return isOpen ? undefined : "this pull request is closed: open it again first";
}

/** Writes down what a command asks for, in the transaction that writes down that it was given. */
export async function grant(tables: Tables, { own, number, head, command, by, cause }: Given, now: number) {
  const { ledger, jobs } = tables;
  const { repository, branch, group } = own;
  const who = { id: by.id, login: by.login };
  const write = (transition: string, data: object = {}) =>
    ledger.append({ subject: pullSubject(own), transition, cause, data: { ...data, by: who } }, now);
  switch (command.kind) {
    case "rebase":
      await write(ASKED, { head });
      break;
    case "snooze":
      await write(SNOOZED, { until: new Date(now + command.duration).toISOString() });
      break;
    case "refuse":
      await refuse(ledger, { place: own, targets: targetsOf(branch, group), number, by }, now);
      break;
    case "pause":
      await write(PAUSED);
      break;
    case "resume":
      await write(RESUMED);
      break;
  }
  await jobs.enqueue({ kind: "repo", repository });
}

/** Ends what a person's opening the pull again contradicts. */
export async function endSnooze(ledger: Ledger, place: PullPlace, cause: string, now: number): Promise<void> {
  if ((await wishesOf(ledger, place, now)).snoozed === undefined) return;
  await ledger.append({ subject: pullSubject(place), transition: RESUMED, cause, data: {} }, now);
}

/** That a rebase was done, whatever it took. */
export function rebasedFact(place: PullPlace, cause: string) {
  return { subject: pullSubject(place), transition: REBASED, cause, data: {} };
}
