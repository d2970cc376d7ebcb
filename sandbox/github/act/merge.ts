import { webFlow, writeCommit } from "../git/commit.ts";
import { mergeTrees } from "../git/history.ts";
import { Refusal } from "../refusal.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import { mustReadCommit, noReplyAddress } from "../view/commit.ts";
import type { World } from "../world.ts";
import { closePull } from "./pull.ts";
import { branchSha, moveRefs } from "./refs.ts";
import { unmetChecks } from "./required-checks.ts";

export interface MergeRequest {
  readonly method: "merge" | "squash" | "rebase";
  /** The head that was looked at; another one is not merged. */
  readonly head?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** A login. */
  readonly by: string;
}

/**
 * Merges a pull request with a real commit on its base; answers with the commit. Throws 409 when the head moved, 405
 * when it is closed, a draft, conflicting, or a required check is not green.
 */
export async function mergePull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  request: MergeRequest,
): Promise<string> {
  const { head, headSha, base, draft } = pull.pull;
  if (request.head !== undefined && request.head !== headSha) {
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  }
  if (pull.state === "closed") throw new Refusal(405, "Pull Request is not mergeable");
  if (draft) throw new Refusal(405, "Pull Request is still a draft");
  if (request.method === "rebase") throw new Refusal(405, "Rebase merges are not allowed on this repository.");
  const unmet = unmetChecks(world, repository, base, headSha);
  if (unmet.length > 0) throw new Refusal(405, `Repository rule violations found\n\n${unmet.join("\n")}\n\n`);
  const baseSha = branchSha(world, repository, base) ?? pull.pull.baseSha;
  const squash = request.method === "squash";
  const title =
    request.title ??
    (squash
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${repository.owner}/${head}`);
  const text = request.message ?? (squash ? (pull.body ?? "") : pull.title);
  const message = text === "" ? title : `${title}\n\n${text}`;
  const parents = squash ? [baseSha] : [baseSha, headSha];
  const merge = await commitMerge(world, repository, {
    base: baseSha,
    head: headSha,
    parents,
    message,
    by: request.by,
  });
  if (merge === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  const merged = { mergedAt: world.timestamp(), mergedBy: request.by, mergeCommit: merge };
  // Closed before the base moves, so that the push does not find it open and merged by hand.
  await closePull(world, repository, { ...pull, pull: { ...pull.pull, ...merged } }, request.by);
  const lease = { sha: baseSha };
  await moveRefs(world, repository, [{ name: `refs/heads/${base}`, lease, after: merge, force: false }], {
    login: request.by,
    bypass: true,
  });
  return merge;
}

/** Commits the merge of two commits as GitHub does, signed by it; `undefined` when they conflict. Moves no branch. */
export async function commitMerge(
  world: World,
  repository: Repository,
  merge: { base: string; head: string; parents: readonly string[]; message: string; by: string },
): Promise<string | undefined> {
  const tree = await mergeTrees(world.git, repository.id, merge.base, merge.head);
  if (tree === undefined) return undefined;
  const date = world.timestamp();
  const author = { name: merge.by, email: noReplyAddress(world, merge.by), date };
  const { parents, message } = merge;
  return writeCommit(
    world.git,
    repository.id,
    { tree, parents, author, committer: { ...webFlow, date }, message },
    true,
  );
}

/** Merges the base into the head of a pull request ("Update branch"). Throws 422 for a moved head or a conflict. */
export async function updateBranch(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: string,
  expected?: string,
): Promise<void> {
  const { head, headSha, base } = pull.pull;
  if (expected !== undefined && expected !== headSha) {
    throw new Refusal(422, `expected head sha didn't match current head ref.`);
  }
  const baseSha = branchSha(world, repository, base) ?? pull.pull.baseSha;
  await mustReadCommit(world, repository, baseSha);
  const message = `Merge branch '${base}' into ${head}`;
  const merge = await commitMerge(world, repository, {
    base: headSha,
    head: baseSha,
    parents: [headSha, baseSha],
    message,
    by,
  });
  if (merge === undefined) throw new Refusal(422, `merge conflict between base and head`);
  await moveRefs(world, repository, [{ name: `refs/heads/${head}`, after: merge, force: false }], {
    login: by,
    bypass: false,
  });
}
