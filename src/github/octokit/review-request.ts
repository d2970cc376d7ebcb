import { isAppError } from "../../core/errors.ts";
import type { Repository } from "../../core/repository.ts";
import type { ReviewRequest } from "../pulls.ts";
import { type Client, named } from "./client.ts";

/** Asks one reviewer. A team is seen only by an App that may read an organisation's members, which ours need not be allowed. */
export async function requestReview(
  client: Client,
  repository: Repository,
  number: number,
  reviewer: string,
): Promise<ReviewRequest> {
  const [owner = "", team] = reviewer.split("/");
  if (team !== undefined && owner.toLowerCase() !== repository.owner.toLowerCase()) {
    return { state: "refused", why: `${owner} is not the owner of ${repository.owner}/${repository.name}` };
  }
  const { pulls } = client.on(repository, team === undefined ? "pulls" : "teams").rest;
  const asked = team === undefined ? { reviewers: [reviewer] } : { team_reviewers: [team] };
  try {
    await pulls.requestReviewers({ ...named(repository), pull_number: number, ...asked });
    return { state: "asked" };
  } catch (error) {
    if (!isAppError(error, "INPUT", "DENIED")) throw error;
    return { state: "refused", why: error.message };
  }
}
