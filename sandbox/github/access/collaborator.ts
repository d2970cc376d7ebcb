import { Refusal } from "../refusal.ts";
import type { Collaborator, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

type Level = Collaborator["permission"] | "none";

function idOf(repository: Repository, login: string): string {
  return `${repository.id}:${login.toLowerCase()}`;
}

/** What a person may do in a repository: the owner everything, anyone may read a public one. */
export function personalPermission(world: World, repository: Repository, login: string): Level {
  const given = explicitPermission(world, repository, login);
  return given === "none" && !repository.private ? "read" : given;
}

/** The same by what somebody gave them: that a repository is public gives nothing. */
export function explicitPermission(world: World, repository: Repository, login: string): Level {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return "admin";
  return world.state.get("collaborator", idOf(repository, login))?.permission ?? "none";
}

export function removeCollaborator(world: World, repository: Repository, login: string): void {
  world.state.remove("collaborator", idOf(repository, login));
}

/** The older permission that GitHub tells for each role. */
export function basePermission(role: Level): "none" | "read" | "write" | "admin" {
  if (role === "triage") return "read";
  return role === "maintain" ? "write" : role;
}

export function setCollaborator(
  world: World,
  repository: Repository,
  login: string,
  permission: Collaborator["permission"],
): void {
  world.state.put("collaborator", { id: idOf(repository, login), repository: repository.id, login, permission });
}

/** Who pushes or merges may write: makes it so where nobody said otherwise. Throws 403 for who may only triage. */
export function ensureWriter(world: World, repository: Repository, login: string): void {
  ensureTriager(world, repository, login);
  if (personalPermission(world, repository, login) === "triage")
    throw new Refusal(403, `Permission to ${repository.owner}/${repository.name}.git denied to ${login}.`);
}

/** Who closes may triage, or write where nobody said what they may do. A bot acts by what its App was granted. */
export function ensureTriager(world: World, repository: Repository, login: string): void {
  if (isBot(login)) return;
  if (["none", "read"].includes(personalPermission(world, repository, login)))
    setCollaborator(world, repository, login, "write");
}

/** Whether a login is an App's: GitHub has no such user. */
export function isBot(login: string): boolean {
  return login.endsWith("[bot]");
}
