import type { Sha } from "../repository.ts";
import { compareUrgency, headOf, type PullRecord, urgencyOfGroup } from "./pull.ts";

/** How long a head that has caught up is waited for, in milliseconds: longer than checks and a look at it take. */
const TURN = 3_600_000;

/** Whether all that keeps a pull from merging, when it was last looked at, is that its head is behind its base. */
export function isOnlyBehind(pull: PullRecord): boolean {
  const { unmerged } = pull;
  return unmerged?.head === headOf(pull) && unmerged?.reasons.every(({ code }) => code === "behind-base") === true;
}

/**
 * Which of the open pulls into one base has it merged in next, by its branch: one at a time, since each merge leaves all the
 * others behind again. `undefined` while one that has caught up may still merge.
 * @param base where the base branch stands
 * @param now milliseconds since the epoch
 */
export function nextInLine(pulls: readonly PullRecord[], base: Sha, now: number): string | undefined {
  const open = pulls.filter(({ state }) => state === "open");
  if (open.some((pull) => hasTurn(pull, base, now))) return undefined;
  return open.filter(isOnlyBehind).sort(compareTurns)[0]?.branch;
}

/** Whether a pull has caught up with this base, or is about to, may still merge, and has not waited longer than its turn. */
function hasTurn(pull: PullRecord, base: Sha, now: number): boolean {
  const { gate, merging } = pull;
  const at = merging?.base === base ? merging.at : pull.baseSha === base ? pull.caughtUpAt : undefined;
  const hasFailed = gate !== undefined && gate.head === headOf(pull) && gate.verdict.state === "fail";
  return at !== undefined && now - at < TURN && !hasFailed;
}

/** The more urgent first, then the one that has been open longer. */
function compareTurns(a: PullRecord, b: PullRecord): number {
  return (
    compareUrgency(urgencyOfGroup(a.group), urgencyOfGroup(b.group)) ||
    a.openedAt - b.openedAt ||
    (a.branch < b.branch ? -1 : 1)
  );
}
