import type { Issue, PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { missingPage, pullPage, repositoryPage } from "./pages.ts";

/** Nothing on a page runs, whatever a pull request says. */
export const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'";

/** What a browser is shown. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/** Whether a person's browser asks, not a program. */
export function isBrowser(
  method: string,
  headers: { readonly accept?: string | undefined; readonly authorization?: string | undefined },
): boolean {
  return method === "GET" && headers.authorization === undefined && (headers.accept ?? "").includes("text/html");
}

/** The pages that a demo needs: a repository's pull requests, and one of them as GitHub shows it. */
export async function answerWeb(world: World, path: string): Promise<WebAnswer> {
  const [, owner = "", name = "", number] = /^\/([^/]+)\/([^/]+)(?:\/pull\/(\d+))?\/?$/.exec(path) ?? [];
  const html = await world.read(() => {
    const repository = world.state.all("repository", (one) => one.owner === owner && one.name === name)[0];
    if (repository === undefined) return undefined;
    const pulls = world.state.all("issue", (issue) => issue.repository === repository.id).filter(isPull);
    if (number === undefined) return repositoryPage(repository, pulls);
    const pull = pulls.find((one) => one.number === Number(number));
    return pull && pullPage(repository, pull, checksOf(world, repository, pull));
  });
  const text = String(await (html ?? missingPage()));
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  return { status: html === undefined ? 404 : 200, headers, html: text };
}

function isPull(issue: Issue): issue is PullRequest {
  return issue.pull !== undefined;
}

function checksOf(world: World, repository: Repository, { pull }: PullRequest) {
  return world.state.all("check", (check) => check.repository === repository.id && check.headSha === pull.headSha);
}
