import { Refusal } from "../refusal.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { type Commit, readCommit } from "./commit.ts";

/** The commit that a branch, a tag, a reference or an id names; `undefined` when it names none. */
export async function resolveCommit(
  world: World,
  repository: Repository,
  revision: string,
): Promise<Commit | undefined> {
  const names = [`refs/heads/${revision}`, `refs/tags/${revision}`, `refs/${revision}`, revision];
  for (const name of names) {
    const ref = world.state.get("ref", `${repository.id}:${name}`);
    if (ref !== undefined) return readCommit(world.git, repository.id, ref.sha);
  }
  return readCommit(world.git, repository.id, revision);
}

/** The commit that `revision` names; 422 in GitHub's words when it names none. */
export async function mustResolve(world: World, repository: Repository, revision: string): Promise<Commit> {
  const commit = await resolveCommit(world, repository, revision);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${revision}`);
  return commit;
}
