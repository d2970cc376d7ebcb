import { type Commit, readCommit, webFlow } from "../git/commit.ts";
import type { FileDiff } from "../git/diff.ts";
import { notFound } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";

/** The commit, or 404. */
export async function mustReadCommit(world: World, repository: Repository, sha: string): Promise<Commit> {
  const commit = await readCommit(world.git, repository.id, sha);
  if (commit === undefined) throw notFound();
  return commit;
}

function viewVerification(commit: Commit): Json {
  const { signature } = commit;
  if (signature === undefined) {
    return { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };
  }
  const { text, payload } = signature;
  return { verified: true, reason: "valid", signature: text, payload, verified_at: commit.committer.date };
}

/** GitHub's `git-commit`: the git object. */
export function viewGitCommit(world: World, repository: Repository, commit: Commit): Json {
  const url = apiOf(world, repository);
  const html = pageOf(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: viewVerification(commit),
  };
}

/** GitHub's `commit`: with the accounts behind it, and with `files` when given. */
export function viewCommit(world: World, repository: Repository, commit: Commit, files?: readonly FileDiff[]): Json {
  const url = apiOf(world, repository);
  const html = pageOf(world, repository);
  const shown = {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: viewVerification(commit),
    },
    author: viewPerson(world, commit.author.email),
    committer: viewPerson(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  };
  if (files === undefined) return shown;
  const sum = (count: (file: FileDiff) => number) => files.reduce((total, file) => total + count(file), 0);
  const additions = sum((file) => file.additions);
  const deletions = sum((file) => file.deletions);
  return {
    ...shown,
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => viewFile(world, repository, commit.sha, file)),
  };
}

// GitHub finds the account by the address; its own no-reply addresses carry the login.
function viewPerson(world: World, email: string): Json | null {
  if (email === webFlow.email) return viewUser(world, "web-flow");
  const login = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  return login === undefined ? null : viewUser(world, login);
}

/** The address that GitHub gives an account that keeps its own private. */
export function noReplyAddress(world: World, login: string): string {
  return `${viewUser(world, login).id}+${login}@users.noreply.github.com`;
}

/** GitHub's `diff-entry`. */
export function viewFile(world: World, repository: Repository, commit: string, file: FileDiff): Json {
  const path = file.filename.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${pageOf(world, repository)}/blob/${commit}/${path}`,
    raw_url: `${pageOf(world, repository)}/raw/${commit}/${path}`,
    contents_url: `${apiOf(world, repository)}/contents/${path}?ref=${commit}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous === undefined ? {} : { previous_filename: file.previous }),
  };
}
