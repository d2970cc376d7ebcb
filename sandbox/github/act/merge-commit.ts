import { readCommit, webFlow, writeCommit } from "../git/commit.ts";
import { listCommits, mergeTrees } from "../git/history.ts";
import type { MergeMethod, Repository } from "../state/repository.ts";
import { mustReadCommit, noReplyAddress } from "../view/commit.ts";
import type { World } from "../world.ts";

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
  const commit = { tree, parents, author, committer: { ...webFlow, date }, message };
  return writeCommit(world.git, repository.id, commit, true);
}

/** What a pull request's merge into a commit would be, in one of GitHub's ways; `undefined` when they conflict. */
export async function commitByMethod(
  world: World,
  repository: Repository,
  merge: { method: MergeMethod; base: string; head: string; message: string; by: string },
): Promise<string | undefined> {
  const { method, base, head } = merge;
  if (method === "rebase") return rebase(world, repository, merge);
  return commitMerge(world, repository, { ...merge, parents: method === "squash" ? [base] : [base, head] });
}

/** The commits of a head one by one on the base, unsigned as GitHub leaves them; merges are left out. */
async function rebase(
  world: World,
  repository: Repository,
  { base, head, by }: { base: string; head: string; by: string },
): Promise<string | undefined> {
  const shas = await listCommits(world.git, repository.id, head, { without: base, limit: 250 });
  const committer = { name: by, email: noReplyAddress(world, by), date: world.timestamp() };
  let onto = base;
  for (const sha of shas.toReversed()) {
    const commit = await readCommit(world.git, repository.id, sha);
    const [parent, ...others] = commit?.parents ?? [];
    if (commit === undefined || parent === undefined || others.length > 0) continue;
    // What the base has become, as if it had been made of the commit's own parent: merging the two picks the commit.
    const standing = (await mustReadCommit(world, repository, onto)).tree;
    const { author, message } = commit;
    const beside = { tree: standing, parents: [parent], author, committer, message };
    const tree = await mergeTrees(world.git, repository.id, writeCommit(world.git, repository.id, beside, false), sha);
    if (tree === undefined) return undefined;
    onto = writeCommit(world.git, repository.id, { tree, parents: [onto], author, committer, message }, false);
  }
  return onto;
}
