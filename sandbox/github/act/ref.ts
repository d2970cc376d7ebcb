import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** The commit that a full reference name stands for. */
export function refSha(world: World, repository: Repository, name: string): string | undefined {
  return world.state.get("ref", `${repository.id}:${name}`)?.sha;
}

export function branchSha(world: World, repository: Repository, branch: string): string | undefined {
  return refSha(world, repository, `refs/heads/${branch}`);
}

/** Writes a reference and nothing else: for those that GitHub keeps itself (`refs/pull/`). */
export function setRef(world: World, repository: Repository, name: string, sha: string | undefined): void {
  const id = `${repository.id}:${name}`;
  if (sha === undefined) world.state.remove("ref", id);
  else world.state.put("ref", { id, repository: repository.id, name, sha });
}
