import type { Repository } from "../../core/repository.ts";
import type { Client } from "./client.ts";
import { toGraphqlError } from "./errors.ts";

const OPEN_PULLS = `query ($owner: String!, $name: String!, $base: String!, $app: Int!, $check: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, baseRefName: $base, first: 100, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes {
        number
        isCrossRepository
        commits(last: 1) {
          nodes {
            commit {
              checkSuites(first: 1, filterBy: { appId: $app }) {
                nodes { checkRuns(first: 1, filterBy: { checkName: $check }) { totalCount } }
              }
            }
          }
        }
      }
    }
  }
}`;

type Nodes<T> = { readonly nodes: readonly (T | null)[] | null } | null;

interface Answer {
  readonly repository: {
    readonly pullRequests: Nodes<{
      readonly number: number;
      readonly isCrossRepository: boolean;
      readonly commits: Nodes<{
        readonly commit: {
          readonly checkSuites: Nodes<{ readonly checkRuns: { readonly totalCount: number } | null }>;
        };
      }>;
    }>;
  } | null;
}

/** All in one question: pulls are many, and nearly all of them are answered. */
export async function findUnanswered(
  client: Client,
  repository: Repository,
  base: string,
  check: string,
): Promise<readonly { readonly number: number; readonly outside: boolean }[]> {
  const { owner, name } = repository;
  const { id: app } = await client.identity();
  try {
    const octokit = client.on(repository, "readPullChecks");
    const answer = await octokit.graphql<Answer>(OPEN_PULLS, { owner, name, base, app, check });
    const pulls = answer.repository?.pullRequests?.nodes ?? [];
    return pulls.flatMap((pull) => {
      const suites = pull?.commits?.nodes?.at(-1)?.commit.checkSuites?.nodes ?? [];
      const isAnswered = suites.some((suite) => (suite?.checkRuns?.totalCount ?? 0) > 0);
      return pull === null || isAnswered ? [] : [{ number: pull.number, outside: pull.isCrossRepository }];
    });
  } catch (error) {
    throw toGraphqlError(error, `the open pull requests of ${owner}/${name}`);
  }
}
