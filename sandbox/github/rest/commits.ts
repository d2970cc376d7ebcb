import { diffFiles, diffText } from "../git/diff.ts";
import { listCommits, mergeBase } from "../git/history.ts";
import { mustResolve, resolveCommit } from "../git/revision.ts";
import { type Operations, onRepository } from "../operation.ts";
import { page } from "../page.ts";
import { notFound } from "../refusal.ts";
import { apiOf, pageOf } from "../view/address.ts";
import { mustReadCommit, viewCommit, viewFile } from "../view/commit.ts";

const mostCompared = 250;

export const commits: Operations = {
  ...onRepository("repos/list-commits", ["contents:read"], async ({ world, repository, parameters }) => {
    const head = await resolveCommit(world, repository, parameters.sha ?? repository.defaultBranch);
    if (head === undefined) throw notFound();
    const path = parameters.path === undefined ? {} : { path: parameters.path };
    const shas = await listCommits(world.git, repository.id, head.sha, path);
    return page(shas, parameters, async (sha) =>
      viewCommit(world, repository, await mustReadCommit(world, repository, sha)),
    );
  }),

  ...onRepository("repos/get-commit", ["contents:read"], async ({ world, repository, parameters, accept }) => {
    const commit = await mustResolve(world, repository, parameters.ref);
    if (accept.includes(".sha")) return { status: 200, body: commit.sha, type: "application/vnd.github.sha" };
    const parent = commit.parents[0];
    if (accept.includes(".diff")) {
      return {
        status: 200,
        body: await diffText(world.git, repository.id, parent, commit.sha),
        type: "application/vnd.github.diff",
      };
    }
    const files = await diffFiles(world.git, repository.id, parent, commit.sha);
    return { status: 200, body: viewCommit(world, repository, commit, files) };
  }),

  ...onRepository(
    "repos/compare-commits-with-basehead",
    ["contents:read"],
    async ({ world, repository, parameters }) => {
      const [from = "", to = ""] = parameters.basehead.split("...").map((side) => side.split(":").at(-1) ?? side);
      const [base, head] = [await resolveCommit(world, repository, from), await resolveCommit(world, repository, to)];
      if (base === undefined || head === undefined) throw notFound();
      const fork = await mergeBase(world.git, repository.id, base.sha, head.sha);
      if (fork === undefined) throw notFound();
      const ahead = await listCommits(world.git, repository.id, head.sha, { without: base.sha });
      const behind = await listCommits(world.git, repository.id, base.sha, { without: head.sha });
      const files = await diffFiles(world.git, repository.id, fork, head.sha);
      const view = async (sha: string) => viewCommit(world, repository, await mustReadCommit(world, repository, sha));
      const direction = ahead.length > 0 ? "ahead" : behind.length > 0 ? "behind" : "identical";
      const html = `${pageOf(world, repository)}/compare/${parameters.basehead}`;
      const body = {
        url: `${apiOf(world, repository)}/compare/${parameters.basehead}`,
        html_url: html,
        permalink_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        base_commit: await view(base.sha),
        merge_base_commit: await view(fork),
        status: ahead.length > 0 && behind.length > 0 ? "diverged" : direction,
        ahead_by: ahead.length,
        behind_by: behind.length,
        total_commits: ahead.length,
        commits: await Promise.all(ahead.slice(0, mostCompared).toReversed().map(view)),
        files: files.map((file) => viewFile(world, repository, head.sha, file)),
      };
      return { status: 200, body };
    },
  ),
};
