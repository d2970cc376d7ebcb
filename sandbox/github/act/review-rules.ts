import { basePermission, isBot, personalPermission } from "../access/collaborator.ts";
import { findInTree } from "../git/tree.ts";
import type { PullRequest, Review } from "../state/issue.ts";
import type { Repository, Rule } from "../state/repository.ts";
import { mustReadCommit } from "../view/commit.ts";
import { pullFiles } from "../view/pull-files.ts";
import type { World } from "../world.ts";
import { most, parametersOf } from "./rules.ts";

/** Why the reviews of a pull request are not those that these rules ask for, in GitHub's words; empty when they are. */
export async function reviewViolations(
  world: World,
  repository: Repository,
  rules: readonly Rule[],
  pull: PullRequest,
): Promise<readonly string[]> {
  const asked = parametersOf(rules, "pull_request");
  if (asked.length === 0) return [];
  const count = most(asked, "required_approving_review_count");
  const standing = standingReviews(world, repository, pull);
  const approvals = standing.filter(({ state }) => state === "APPROVED");
  const others = approvals.filter((one) => one.commit === pull.pull.headSha && one.author !== pull.pull.pushedBy);
  const owner = asked.some((one) => one.require_code_owner_review === true);
  const lastPush = asked.some((one) => one.require_last_push_approval === true);
  const plural = count === 1 ? "review is" : "reviews are";
  const missing = `At least ${count} approving ${plural} required by reviewers with write access.`;
  const refused = count > 0 && standing.some(({ state }) => state === "CHANGES_REQUESTED");
  return [
    ...(approvals.length < count ? [missing] : []),
    ...(refused ? ["Changes were requested by a reviewer with write access."] : []),
    ...(owner ? await ownerViolations(world, repository, pull, approvals) : []),
    ...(lastPush && others.length === 0
      ? ["New changes require approval from someone other than the last pusher."]
      : []),
  ];
}

/** The last deciding review of everyone who may write. */
function standingReviews(world: World, repository: Repository, { number }: PullRequest): readonly Review[] {
  const deciding = (one: Review) =>
    one.repository === repository.id && one.issue === number && !["COMMENTED", "PENDING"].includes(one.state);
  const reviews = world.state.all("review", deciding);
  const mayWrite = (login: string) =>
    isBot(login) || ["write", "admin"].includes(basePermission(personalPermission(world, repository, login)));
  return [...new Map(reviews.map((one) => [one.author, one])).values()].filter(({ author }) => mayWrite(author));
}

async function ownerViolations(
  world: World,
  repository: Repository,
  pull: PullRequest,
  approvals: readonly Review[],
): Promise<readonly string[]> {
  const owners = await codeOwners(world, repository, pull.pull.baseSha);
  const files = await pullFiles(world, repository, pull);
  const waited = files.map(({ filename }) => owners(filename)).filter((logins) => logins.length > 0);
  const unmet = waited.filter((logins) => !approvals.some(({ author }) => logins.includes(author)));
  return unmet.length === 0 ? [] : [`Waiting on code owner review from ${[...new Set(unmet.flat())].join(" and ")}.`];
}

/** Who owns a path by `.github/CODEOWNERS`: users, by `*`, a path, or a folder; the last line that fits counts. */
async function codeOwners(
  world: World,
  repository: Repository,
  sha: string,
): Promise<(path: string) => readonly string[]> {
  const { tree } = await mustReadCommit(world, repository, sha);
  const item = await findInTree(world.git, repository.id, tree, ".github/CODEOWNERS");
  const text = item === undefined ? "" : String((await world.git.read(repository.id, item.sha))?.content ?? "");
  const lines = text.split("\n").flatMap((line) => {
    const [pattern = "", ...logins] = line.trim().split(/\s+/);
    return pattern === "" || pattern.startsWith("#")
      ? []
      : [{ pattern: pattern.replace(/^\//, ""), logins: logins.map((login) => login.replace(/^@/, "")) }];
  });
  const fits = (pattern: string, path: string) =>
    pattern === "*" || pattern === path || (pattern.endsWith("/") && path.startsWith(pattern));
  return (path) => lines.findLast(({ pattern }) => fits(pattern, path))?.logins ?? [];
}
