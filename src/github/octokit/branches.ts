import type { Octokit } from "@octokit/rest";
import { AppError, isAppError } from "../../core/errors.ts";
import { type Repository, repositoryKey, type Sha } from "../../core/repository.ts";
import type { Branches } from "../branches.ts";
import { branchRules, pushRules } from "./branch-rules.ts";
import { type Client, named } from "./client.ts";
import { toGraphqlError, unlessMissing } from "./errors.ts";

const NOWHERE = "0".repeat(40);
/** What GitHub lists of one commit at most. */
const MOST_FILES = 3000;
/** And of two. */
const MOST_COMPARED = 300;

const UPDATE_REFS = `mutation ($input: UpdateRefsInput!) {
  updateRefs(input: $input) {
    clientMutationId
  }
}`;

export function createBranches(client: Client): Branches {
  const nodes = new Map<string, string>();

  async function nodeOf(octokit: Octokit, repository: Repository): Promise<string> {
    const key = repositoryKey(repository);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const { data } = await octokit.rest.repos.get(named(repository));
    if (data.id !== repository.repository)
      throw new AppError("CONFLICT", `${data.full_name} is another repository now`);
    nodes.set(key, data.node_id);
    return data.node_id;
  }

  return {
    async matching(repository, prefix) {
      const { git } = client.on(repository, "read").rest;
      // 409: the repository is empty.
      const refs = await unlessMissing(git.listMatchingRefs({ ...named(repository), ref: `heads/${prefix}` }), 409);
      return new Map(refs?.data.map(({ ref, object }) => [ref.slice("refs/heads/".length), object.sha]));
    },

    async commit(repository, parent, files, message, into) {
      const { git } = client.on(repository, "push").rest;
      const base = await git.getCommit({ ...named(repository), commit_sha: parent });
      const tree = await git.createTree({
        ...named(repository),
        base_tree: base.data.tree.sha,
        tree: files.map(({ path, mode, content }) => ({ path, mode, type: "blob", content })),
      });
      const parents = into === undefined ? [parent] : [into, parent];
      const commit = await git.createCommit({ ...named(repository), message, tree: tree.data.sha, parents });
      return commit.data.sha;
    },

    async move(repository, branch, before, after) {
      const octokit = client.on(repository, "push");
      const ref = {
        name: `refs/heads/${branch}`,
        beforeOid: before ?? NOWHERE,
        afterOid: after ?? NOWHERE,
        force: true,
      };
      const repositoryId = await nodeOf(octokit, repository);
      try {
        await octokit.graphql(UPDATE_REFS, { input: { repositoryId, refUpdates: [ref] } });
      } catch (error) {
        const failure = toGraphqlError(error, `updateRefs of ${branch}`);
        if (isAppError(failure, "DENIED")) throw failure;
        await settle(octokit, repository, branch, { before, after, failure });
      }
    },

    async changes(repository, commit) {
      const { repos } = client.on(repository, "read").rest;
      const files = new Set<string>();
      for (let page = 1; ; page += 1) {
        const { data, headers } = await repos.getCommit({ ...named(repository), ref: commit, per_page: 100, page });
        for (const { filename, previous_filename } of data.files ?? []) {
          files.add(filename);
          if (previous_filename !== undefined) files.add(previous_filename);
        }
        if (!headers.link?.includes('rel="next"'))
          return { parents: data.parents.map(({ sha }) => sha), files: [...files] };
        if (files.size >= MOST_FILES) throw new AppError("INPUT", `${commit} changes more files than GitHub lists`);
      }
    },

    async parents(repository, commit) {
      const { git } = client.on(repository, "read").rest;
      const { data } = await git.getCommit({ ...named(repository), commit_sha: commit });
      return data.parents.map(({ sha }) => sha);
    },

    async compare(repository, base, head) {
      const { repos } = client.on(repository, "read").rest;
      const basehead = `${base}...${head}`;
      const answer = await unlessMissing(repos.compareCommitsWithBasehead({ ...named(repository), basehead }));
      if (answer === undefined) return undefined;
      const { files = [], behind_by: behind } = answer.data;
      if (files.length >= MOST_COMPARED) return { behind };
      return {
        behind,
        files: files.flatMap(({ filename, previous_filename: old }) => (old ? [filename, old] : [filename])),
      };
    },

    rules: (repository, branch) => branchRules(client, repository, branch),

    pushRules: (repository, branch) => pushRules(client, repository, branch),
  };
}

/** After a failure the branch itself tells whether the move was done, or another one was, or neither. */
async function settle(
  octokit: Octokit,
  repository: Repository,
  branch: string,
  move: { before: Sha | undefined; after: Sha | undefined; failure: AppError },
): Promise<void> {
  const answer = await unlessMissing(
    octokit.rest.git.getRef({ ...named(repository), ref: `heads/${branch}` }),
    404,
    409,
  );
  const stands = answer?.data.object.sha;
  if (stands === move.after) return;
  if (stands === move.before) throw move.failure;
  const cause = move.failure;
  throw new AppError("CONFLICT", `${branch} is at ${stands ?? "nothing"}, not at ${move.before ?? "nothing"}`, {
    cause,
  });
}
