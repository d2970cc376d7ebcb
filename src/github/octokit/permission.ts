import type { Repository } from "../../core/repository.ts";
import { type Client, named } from "./client.ts";
import { unlessMissing } from "./errors.ts";

/**
 * Whether a person may write to a repository now. GitHub folds the roles into four: `maintain` into `write`, `triage` into
 * `read`, an organisation's own into their base.
 */
export async function mayWrite(client: Client, repository: Repository, username: string): Promise<boolean> {
  const { repos } = client.on(repository, "look").rest;
  const asked = repos.getCollaboratorPermissionLevel({ ...named(repository), username });
  const permission = (await unlessMissing(asked, 404))?.data.permission;
  return permission === "admin" || permission === "write";
}
