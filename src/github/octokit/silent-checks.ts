import type { RequiredCheck } from "../../core/pull/branch-rules.ts";
import type { Repository } from "../../core/repository.ts";
import type { Client } from "./client.ts";
import { toGraphqlError } from "./errors.ts";

/** Nothing is asked about those beyond. */
const MOST_APPS = 10;

interface Reports {
  /** `app0`, `app1` and so on. */
  readonly [alias: string]: unknown;
  readonly status: { readonly contexts: readonly { readonly context: string }[] } | null;
}

interface Answer {
  readonly repository: {
    readonly ref: { readonly target: Reports | null } | null;
    readonly pullRequests: {
      readonly nodes:
        | readonly ({ readonly commits: { readonly nodes: readonly ({ commit: Reports } | null)[] | null } } | null)[]
        | null;
    };
  } | null;
}

/**
 * The checks of which nothing is there, of those that a certain App must report. GitHub opens a check suite on every pushed commit
 * for each App that may write checks, whether or not it reports anything; an App that only writes statuses is known by their
 * names. Who else is installed is not told to an App.
 */
export async function findSilent(
  client: Client,
  repository: Repository,
  branch: string,
  checks: readonly RequiredCheck[],
): Promise<readonly RequiredCheck[]> {
  const { id: ours } = await client.identity();
  const apps = [...new Set(checks.flatMap(({ app }) => (app === undefined || app === ours ? [] : [app])))];
  const asked = apps.slice(0, MOST_APPS);
  if (asked.length === 0) return [];
  const commits = await reportsOn(client, repository, branch, asked);
  const seen = new Set(asked.filter((_, index) => commits.some((commit) => suitesOf(commit, index) > 0)));
  const named = new Set(commits.flatMap(({ status }) => status?.contexts.map(({ context }) => context) ?? []));
  return checks.filter(
    ({ context, app }) => app !== undefined && asked.includes(app) && !seen.has(app) && !named.has(context),
  );
}

async function reportsOn(client: Client, repository: Repository, branch: string, apps: readonly number[]) {
  const { owner, name } = repository;
  const numbers = Object.fromEntries(apps.map((app, index) => [`app${index}`, app]));
  const asked = { owner, name, branch, ref: `refs/heads/${branch}`, ...numbers };
  try {
    const octokit = client.on(repository, "readReports");
    const { repository: found } = await octokit.graphql<Answer>(questionAbout(apps.length), asked);
    const pulls = found?.pullRequests.nodes ?? [];
    const heads = pulls.flatMap((pull) => pull?.commits.nodes?.at(-1)?.commit ?? []);
    return [...heads, ...(found?.ref?.target ? [found.ref.target] : [])];
  } catch (error) {
    throw toGraphqlError(error, `who reports checks in ${owner}/${name}`);
  }
}

/** On the branch's head, and on those of the newest pulls into it, whatever became of them. */
function questionAbout(apps: number): string {
  const each = (text: (index: number) => string) =>
    Array.from({ length: apps }, (_, index) => text(index)).join("\n  ");
  return `query (
  $owner: String!, $name: String!, $ref: String!, $branch: String!
  ${each((index) => `$app${index}: Int!`)}
) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) { target { ...reports } }
    pullRequests(baseRefName: $branch, first: 20, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { commits(last: 1) { nodes { commit { ...reports } } } }
    }
  }
}
fragment reports on Commit {
  ${each((index) => `app${index}: checkSuites(first: 1, filterBy: { appId: $app${index} }) { totalCount }`)}
  status { contexts { context } }
}`;
}

function suitesOf(commit: Reports, index: number): number {
  const suites = commit[`app${index}`] as { readonly totalCount: number } | null;
  return suites?.totalCount ?? 0;
}
