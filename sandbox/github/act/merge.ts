import { Refusal } from "../refusal.ts";
import type { PullRequest } from "../state/issue.ts";
import type { MergeMethod, Repository } from "../state/repository.ts";
import { mustReadCommit } from "../view/commit.ts";
import type { World } from "../world.ts";
import { commitByMethod, commitMerge } from "./merge-commit.ts";
import { mergeViolations } from "./merge-rules.ts";
import { closePull } from "./pull.ts";
import { branchSha } from "./ref.ts";
import { moveRefs } from "./refs.ts";
import { violation } from "./rules.ts";

export interface MergeRequest {
  readonly method: MergeMethod;
  /** The head that was looked at; another one is not merged. */
  readonly head?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** A login. */
  readonly by: string;
}

const METHODS = { merge: "Merge commits", squash: "Squash merges", rebase: "Rebase merges" } as const;

/**
 * Merges a pull request with a real commit on its base; answers with the commit. Throws 409 when the head moved, 405
 * when it is closed, a draft, conflicting, or against the settings or the rules.
 */
export async function mergePull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  request: MergeRequest,
): Promise<string> {
  const { headSha, base, draft } = pull.pull;
  const { method, by } = request;
  if (request.head !== undefined && request.head !== headSha) {
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  }
  if (pull.state === "closed") throw new Refusal(405, "Pull Request is not mergeable");
  if (draft) throw new Refusal(405, "Pull Request is still a draft");
  if (!repository.methods.includes(method)) {
    throw new Refusal(405, `${METHODS[method]} are not allowed on this repository.`);
  }
  const broken = await mergeViolations(world, repository, pull, request);
  if (broken.length > 0) throw new Refusal(405, violation(broken));
  const baseSha = branchSha(world, repository, base) ?? pull.pull.baseSha;
  const message = messageOf(repository, pull, request);
  const merge = await commitByMethod(world, repository, { method, base: baseSha, head: headSha, message, by });
  if (merge === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  await finishMerge(world, repository, pull, { merge, from: baseSha, by });
  return merge;
}

/** What the commit of a merge says. */
export function messageOf(
  repository: Repository,
  pull: PullRequest,
  { method, title, message }: Pick<MergeRequest, "method" | "title" | "message">,
): string {
  const squash = method === "squash";
  const usual = `Merge pull request #${pull.number} from ${repository.owner}/${pull.pull.head}`;
  const first = title ?? (squash ? `${pull.title} (#${pull.number})` : usual);
  const text = message ?? (squash ? (pull.body ?? "") : pull.title);
  return text === "" ? first : `${first}\n\n${text}`;
}

/** Closes a pull request as merged, and moves its base from where it was to the merge. */
export async function finishMerge(
  world: World,
  repository: Repository,
  pull: PullRequest,
  { merge, from, by }: { readonly merge: string; readonly from: string; readonly by: string },
): Promise<void> {
  const merged = { mergedAt: world.timestamp(), mergedBy: by, mergeCommit: merge };
  // Closed before the base moves, so that the push does not find it open and merged by hand.
  await closePull(world, repository, { ...pull, pull: { ...pull.pull, ...merged } }, by);
  const name = `refs/heads/${pull.pull.base}`;
  const update = { name, lease: { sha: from }, after: merge, force: false };
  await moveRefs(world, repository, [update], { login: by, bypass: true });
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
  const parents = [headSha, baseSha];
  const merge = await commitMerge(world, repository, { base: headSha, head: baseSha, parents, message, by });
  if (merge === undefined) throw new Refusal(422, `merge conflict between base and head`);
  await moveRefs(world, repository, [{ name: `refs/heads/${head}`, after: merge, force: false }], {
    login: by,
    bypass: false,
  });
}
