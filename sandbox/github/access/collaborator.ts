import type { Collaborator, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

type Level = Collaborator["permission"] | "none";

function idOf(repository: Repository, login: string): string {
  return `${repository.id}:${login.toLowerCase()}`;
}

/** What a person may do in a repository: the owner everything, anyone may read a public one. */
export function personalPermission(world: World, repository: Repository, login: string): Level {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return "admin";
  const granted = world.state.get("collaborator", idOf(repository, login))?.permission;
  return granted ?? (repository.private ? "none" : "read");
}

export function setCollaborator(
  world: World,
  repository: Repository,
  login: string,
  permission: Collaborator["permission"],
): void {
  world.state.put("collaborator", { id: idOf(repository, login), repository: repository.id, login, permission });
}

/** Who pushes, closes or merges may write: makes it so where nobody said otherwise. */
export function ensureWriter(world: World, repository: Repository, login: string): void {
  if (["none", "read"].includes(personalPermission(world, repository, login)))
    setCollaborator(world, repository, login, "write");
}
