import { diffFiles, type FileDiff } from "../git/diff.ts";
import { listCommits, mergeBase } from "../git/history.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** What a pull request changes: from where it left its base to its head. */
export async function pullFiles(
  world: World,
  repository: Repository,
  { pull }: PullRequest,
): Promise<readonly FileDiff[]> {
  const from = await mergeBase(world.git, repository.id, pull.baseSha, pull.headSha);
  return diffFiles(world.git, repository.id, from, pull.headSha);
}

/** The commits of a pull request, oldest first. */
export async function pullCommits(
  world: World,
  repository: Repository,
  { pull }: PullRequest,
): Promise<readonly string[]> {
  const commits = await listCommits(world.git, repository.id, pull.headSha, { without: pull.baseSha, limit: 250 });
  return commits.toReversed();
}
