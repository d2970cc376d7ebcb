import { baseOf, type Line } from "../../core/line.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import {
  bringsAnother,
  isAbout,
  mayBring,
  nameOfPull,
  type PatchLines,
  parsePatch,
  takesAway,
} from "../../core/pull/competing.ts";
import { branchName } from "../../core/pull/pull.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { Repository } from "../../core/repository.ts";
import type { Use } from "../../core/use/use.ts";
import type { Pull, PullFile } from "../../github/pulls.ts";
import type { Context } from "../context.ts";
import type { RepositoryPlan } from "../plan/plan.ts";
import { takeTurns } from "../turn.ts";

const OUR_BRANCHES = "oakum/";
/** Of the open pull requests, the newest so many are looked into: each costs a request, once for each of its heads. */
const MOST_PULLS = 50;
/** A Dockerfile that is longer is not read at another's head. */
const LARGEST = 1024 * 1024;

/** What of a group waits for another pull request. */
interface Yielded {
  readonly branch: string;
  readonly group: UpdateGroup;
  readonly reason: Reason;
}

/**
 * The groups without the uses that somebody else's open pull request changes, and those uses with its name: two that change
 * one line would only conflict, and whoever was first is not to be disturbed. A pull of ours that is open already stays. GitHub
 * is asked only while there is something to open.
 */
export async function yieldToOthers(
  context: Context,
  { repository, plan }: RepositoryPlan,
): Promise<{ readonly groups: readonly UpdateGroup[]; readonly held: readonly Yielded[] }> {
  const open = (await context.store.pulls.list(repository)).filter(({ state }) => state === "open");
  const standing = new Set(open.map(({ branch }) => branch));
  const branchOf = (group: UpdateGroup) => branchName(baseOf(repository), group);
  const starting = plan.groups.filter((group) => !standing.has(branchOf(group)));
  if (starting.length === 0) return { groups: plan.groups, held: [] };
  const claims = await claimsOn(context, repository, usesOf(starting));
  const held = starting.flatMap((group) =>
    [...new Set(usesOf([group]).flatMap((use) => claims.get(use) ?? []))].map((claim) => ({
      branch: branchOf(group),
      group: only(group, (use) => claims.get(use) === claim),
      reason: reason("competing-pull", claim),
    })),
  );
  const groups = plan.groups
    .map((group) => (standing.has(branchOf(group)) ? group : only(group, (use) => !claims.has(use))))
    .filter(({ updates }) => updates.length > 0);
  return { groups, held };
}

function usesOf(groups: readonly UpdateGroup[]): readonly Use[] {
  return groups.flatMap(({ updates }) => updates.flatMap(({ changes }) => changes.map(({ use }) => use)));
}

/** The group with some of its uses. */
function only(group: UpdateGroup, isWanted: (use: Use) => boolean): UpdateGroup {
  const updates = group.updates
    .map((update) => ({ ...update, changes: update.changes.filter(({ use }) => isWanted(use)) }))
    .filter(({ changes }) => changes.length > 0);
  return { ...group, updates };
}

/** By use the name of the newest pull request that changes it. */
async function claimsOn(context: Context, repository: Line, uses: readonly Use[]): Promise<ReadonlyMap<Use, string>> {
  // Anyone may open a pull request from a fork: what they want holds up nobody's fix.
  const counts = ({ branch, headRepository }: Pull) =>
    headRepository === repository.repository && !branch.startsWith(OUR_BRANCHES);
  const pulls = await context.github.pulls.into(repository, baseOf(repository));
  const claims = new Map<Use, string>();
  for (const pull of pulls.filter(counts).slice(0, MOST_PULLS)) {
    for (const file of await context.github.pulls.files(repository, pull.number, pull.head)) {
      const near = uses.filter((use) => !claims.has(use) && isAbout(use, file));
      if (near.length === 0) continue;
      for (const use of await touched(context, repository, near, file)) claims.set(use, nameOfPull(pull));
    }
  }
  return claims;
}

/** Which of the uses of a file the change of it is about. */
async function touched(
  context: Context,
  repository: Repository,
  uses: readonly Use[],
  file: PullFile,
): Promise<readonly Use[]> {
  if (file.removed) return uses;
  const patch = file.patch === undefined ? undefined : parsePatch(file.patch);
  const taken = uses.filter((use) => patch !== undefined && takesAway(use, patch));
  const rest = uses.filter((use) => !taken.includes(use) && mayBring(use, patch));
  return rest.length === 0 ? taken : [...taken, ...(await brought(context, repository, rest, file, patch))];
}

/** The same, by what the file says at the other head. */
async function brought(
  context: Context,
  repository: Repository,
  uses: readonly Use[],
  { path, sha }: PullFile,
  patch: PatchLines | undefined,
): Promise<readonly Use[]> {
  const bytes = await context.github.trees.blob(repository, sha);
  // Nothing can be said of it, and another's work is not to be disturbed on a guess.
  if (bytes.byteLength > LARGEST) return uses;
  const text = new TextDecoder().decode(bytes);
  await takeTurns();
  const there = context.managers
    .filter((manager) => manager.matches(path) || uses.some((use) => use.manager === manager.kind))
    .flatMap((manager) => manager.extract(new Map([[path, text]])).uses);
  return uses.filter((use) => bringsAnother(use, there, patch));
}
