import type { Octokit } from "@octokit/rest";
import { type Repository, repositoryKey, type Sha } from "../../core/repository.ts";
import { toGraphqlError } from "./errors.ts";

/** Repositories in one question. */
const AT_ONCE = 100;

interface Named {
  readonly databaseId: number;
  readonly defaultBranchRef: { readonly name: string; readonly target: { readonly oid: Sha } | null } | null;
}

type Answers = Readonly<Record<string, Named | null>>;

/** What Octokit throws when any part of a question has an error: the other parts are answered nevertheless. */
interface Partly {
  readonly data: Answers | null;
  readonly errors: readonly { readonly type?: string }[];
}

/**
 * The heads of the default branches, by `repositoryKey`. A repository that is another one under its name by now, or has
 * another default branch, is left out.
 */
export async function headsOf(
  octokit: Octokit,
  repositories: readonly Repository[],
): Promise<ReadonlyMap<string, Sha | undefined>> {
  const heads = new Map<string, Sha | undefined>();
  for (let at = 0; at < repositories.length; at += AT_ONCE) {
    const some = repositories.slice(at, at + AT_ONCE);
    const named = await ask(octokit, some);
    for (const [index, repository] of some.entries()) {
      const one = named[`r${index}`];
      if (one?.databaseId !== repository.repository) continue;
      const branch = one.defaultBranchRef;
      if (branch === null) heads.set(repositoryKey(repository), undefined);
      else if (branch.name === repository.defaultBranch && branch.target !== null)
        heads.set(repositoryKey(repository), branch.target.oid);
    }
  }
  return heads;
}

async function ask(octokit: Octokit, repositories: readonly Repository[]): Promise<Answers> {
  const fields = "databaseId defaultBranchRef { name target { oid } }";
  const parameters = repositories.map((_, index) => `$o${index}: String!, $n${index}: String!`);
  const questions = repositories.map(
    (_, index) => `r${index}: repository(owner: $o${index}, name: $n${index}) { ${fields} }`,
  );
  const variables = Object.fromEntries(
    repositories.flatMap(({ owner, name }, index) => [
      [`o${index}`, owner],
      [`n${index}`, name],
    ]),
  );
  const query = `query (${parameters.join(", ")}) {\n  ${questions.join("\n  ")}\n}`;
  try {
    return await octokit.graphql<Answers>(query, variables);
  } catch (error) {
    if (isPartly(error) && error.data !== null && error.errors.every(({ type }) => type === "NOT_FOUND"))
      return error.data;
    throw toGraphqlError(error, "the heads of repositories");
  }
}

function isPartly(error: unknown): error is Partly {
  return error instanceof Error && "data" in error && "errors" in error && Array.isArray(error.errors);
}
