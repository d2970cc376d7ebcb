import { type Reason, reason } from "../reason.ts";
import type { Sha } from "../repository.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { MergeFacts } from "./merge.ts";

/** The branches on which GitHub's merge queues have their groups tested. */
export const QUEUE_BRANCHES = "gh-readonly-queue/";

/** One pull on what is before it in its queue. */
export interface GroupBranch {
  readonly base: string;
  readonly number: number;
  /** The commit that the pull is merged on: the group before it, or the base branch. */
  readonly parent: Sha;
}

/** What the name of a group's branch says: `gh-readonly-queue/<base>/pr-<number>-<parent>`; `undefined` for another. */
export function parseGroup(branch: string): GroupBranch | undefined {
  const [, base, number, parent] = /^gh-readonly-queue\/(.+)\/pr-(\d{1,10})-([0-9a-f]{40})$/.exec(branch) ?? [];
  if (base === undefined || number === undefined || parent === undefined) return undefined;
  return { base, number: Number(number), parent };
}

/**
 * The pulls that a group brings into its base, the last first: its own, and those of the groups that it stands on.
 * @param heads the commits of the branches of the base's queue, by name
 */
export function pullsOfGroup(
  branch: string,
  heads: ReadonlyMap<string, Sha>,
): readonly (GroupBranch & { head: Sha })[] {
  const byHead = new Map([...heads].map(([name, head]) => [head, name]));
  const found: (GroupBranch & { head: Sha })[] = [];
  const seen = new Set<string>();
  for (let name: string | undefined = branch; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const group = parseGroup(name);
    const head = heads.get(name);
    if (group === undefined || head === undefined) break;
    found.push({ ...group, head });
    name = byHead.get(group.parent);
  }
  return found;
}

/** A pull of ours in a group, observed just now. */
export interface QueuedPull {
  readonly head: Sha;
  readonly verdict: { readonly head: Sha; readonly verdict: Verdict } | undefined;
  readonly headRecorded: boolean;
  /** Whether what the group has of it is exactly the edits derived again. */
  readonly diffEqual: boolean;
  readonly tag: MergeFacts["tag"];
  /** What forbids it, and what does so for now: with that it is about to be taken out of the queue. */
  readonly refusals: readonly Reason[];
  readonly leaving: readonly Reason[];
}

/** Whether a group may go in as far as our own pulls in it go: `none` where there is none. */
export function judgeGroup(pulls: readonly QueuedPull[]): {
  readonly state: "pass" | "none" | "wait" | "fail";
  readonly reasons: readonly Reason[];
} {
  if (pulls.length === 0) return { state: "none", reasons: [] };
  const against = pulls.flatMap(reasonsAgainst);
  if (against.length > 0) return { state: "fail", reasons: against };
  const leaving = pulls.flatMap((pull) => pull.leaving);
  if (leaving.length > 0) return { state: "wait", reasons: leaving };
  const isUnknown = pulls.some(({ tag }) => tag === "unknown");
  return isUnknown ? { state: "wait", reasons: [reason("registry-unavailable")] } : { state: "pass", reasons: [] };
}

function reasonsAgainst({ head, verdict, headRecorded, diffEqual, tag, refusals }: QueuedPull): readonly Reason[] {
  const passed = verdict?.head === head && verdict.verdict.state === "pass";
  return [
    ...(headRecorded ? [] : [reason("head-not-ours")]),
    ...(passed ? [] : [reason("verdict-missing")]),
    ...(diffEqual ? [] : [reason("head-differs")]),
    ...(tag === "moved" ? [reason("tag-moved")] : []),
    ...refusals,
  ];
}
