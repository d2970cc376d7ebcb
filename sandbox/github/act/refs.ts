import { noObject, readCommit } from "../git/commit.ts";
import { isAncestor } from "../git/history.ts";
import { Refusal } from "../refusal.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { recordPush } from "./push.ts";
import { type Move, pushViolations } from "./push-rules.ts";
import { refSha, setRef } from "./ref.ts";
import { violation } from "./rules.ts";

/** Where a reference shall stand; `after: undefined` deletes it. */
export interface RefUpdate {
  readonly name: string;
  /** Where it must stand now; `undefined`: it must not exist. Left out: anywhere. */
  readonly lease?: { readonly sha: string | undefined };
  readonly after: string | undefined;
  readonly force: boolean;
}

/** Who moves references. */
export interface Pusher {
  readonly login: string;
  /** The rules of the branch do not hold for it: a person who may bypass them, or GitHub's own merge. */
  readonly bypass: boolean;
}

/** What the merge queue tests is below it; nobody else moves these. */
export const QUEUE_BRANCHES = "gh-readonly-queue/";

/** Moves references, all or none, with everything that follows from a push. Throws 422 for what git or GitHub refuses. */
export async function moveRefs(
  world: World,
  repository: Repository,
  updates: readonly RefUpdate[],
  pusher: Pusher,
): Promise<void> {
  const forced = new Map<string, boolean>();
  for (const update of updates) forced.set(update.name, await checkUpdate(world, repository, update, pusher));
  for (const { name, after } of updates) {
    const before = refSha(world, repository, name);
    if (before === after) continue;
    setRef(world, repository, name, after);
    await recordPush(world, repository, {
      name,
      before,
      after,
      forced: forced.get(name) ?? false,
      pusher: pusher.login,
    });
  }
}

/** Whether the update throws history away; throws when it must not be made. */
async function checkUpdate(world: World, repository: Repository, update: RefUpdate, pusher: Pusher): Promise<boolean> {
  const { name, after, lease, force } = update;
  const before = refSha(world, repository, name);
  if (lease !== undefined && lease.sha !== before) {
    throw new Refusal(422, `${name} is at ${before ?? noObject} but expected ${lease.sha ?? noObject}`);
  }
  if (after === undefined) {
    if (before === undefined) throw new Refusal(422, "Reference does not exist");
    await checkRules(world, repository, pusher, { name, before, after, forced: false });
    return false;
  }
  checkName(world, repository, name);
  if ((await readCommit(world.git, repository.id, after)) === undefined)
    throw new Refusal(422, "Object does not exist");
  const forced = before !== undefined && !(await isAncestor(world.git, repository.id, before, after));
  if (forced && !force) throw new Refusal(422, "Update is not a fast forward");
  await checkRules(world, repository, pusher, { name, before, after, forced });
  return forced;
}

async function checkRules(
  world: World,
  repository: Repository,
  pusher: Pusher,
  { name, ...move }: { readonly name: string } & Omit<Move, "branch">,
): Promise<void> {
  const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1];
  if (branch === undefined || pusher.bypass) return;
  if (branch.startsWith(QUEUE_BRANCHES)) throw new Refusal(422, `${name} is the merge queue's own.`);
  const broken = await pushViolations(world, repository, pusher.login, { ...move, branch });
  if (broken.length > 0) throw new Refusal(422, violation(broken));
}

function checkName(world: World, repository: Repository, name: string): void {
  // git check-ref-format, as one expression: no empty, dotted or `.lock` part, none of the characters git reserves.
  const valid =
    /^refs\/(heads|tags)\/(?!.*(?:\/\/|\.\.|@\{|\/\.|\.lock(?:\/|$)))[^\s~^:?*[\\\x00-\x1f\x7f./][^\s~^:?*[\\\x00-\x1f\x7f]*(?<![./])$/;
  if (!valid.test(name)) throw new Refusal(422, `${name} is not a valid ref name.`);
  const clash = world.state.find(
    "ref",
    (ref) => ref.repository === repository.id && (ref.name.startsWith(`${name}/`) || name.startsWith(`${ref.name}/`)),
  );
  if (clash !== undefined) throw new Refusal(422, `Reference cannot be updated: ${clash.name} exists`);
}
