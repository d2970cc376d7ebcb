import { loginOf } from "../access/actor.ts";
import { mustResolve, resolveCommit } from "../git/revision.ts";
import { type Operations, onRepository } from "../operation.ts";
import { page } from "../page.ts";
import { Refusal } from "../refusal.ts";
import type { CommitStatus } from "../state/check.ts";
import { apiOf } from "../view/address.ts";
import { viewStatus } from "../view/check.ts";
import { viewRepository } from "../view/repository.ts";

function combine(latest: readonly CommitStatus[]): string {
  if (latest.some(({ state }) => state === "failure" || state === "error")) return "failure";
  return latest.length > 0 && latest.every(({ state }) => state === "success") ? "success" : "pending";
}

export const statuses: Operations = {
  ...onRepository(
    "repos/create-commit-status",
    ["statuses:write"],
    async ({ world, repository, parameters, actor }) => {
      const { sha, state, context = "default", description = null, target_url: targetUrl = null } = parameters;
      if ((await resolveCommit(world, repository, sha))?.sha !== sha)
        throw new Refusal(422, `No commit found for SHA: ${sha}`);
      const said = { state, context, description, targetUrl };
      const by = { creator: loginOf(actor), createdAt: world.timestamp() };
      const status = world.state.put("status", {
        id: world.state.nextId(),
        repository: repository.id,
        sha,
        ...said,
        ...by,
      });
      return { status: 201, body: viewStatus(world, repository, status) };
    },
  ),

  ...onRepository(
    "repos/list-commit-statuses-for-ref",
    ["statuses:read"],
    async ({ world, repository, parameters }) => {
      const { sha } = await mustResolve(world, repository, parameters.ref);
      const all = world.state.all("status", (one) => one.repository === repository.id && one.sha === sha);
      return page(all.toReversed(), parameters, (one) => viewStatus(world, repository, one));
    },
  ),

  ...onRepository("repos/get-combined-status-for-ref", ["statuses:read"], async ({ world, repository, parameters }) => {
    const { sha } = await mustResolve(world, repository, parameters.ref);
    const all = world.state.all("status", (one) => one.repository === repository.id && one.sha === sha);
    const latest = [...new Map(all.map((one) => [one.context, one])).values()];
    const url = `${apiOf(world, repository)}/commits/${sha}`;
    const wrap = (shown: readonly unknown[], total: number) => ({
      state: combine(latest),
      statuses: shown,
      sha,
      total_count: total,
      repository: viewRepository(world, repository),
      commit_url: url,
      url: `${url}/status`,
    });
    return page(latest, parameters, (one) => viewStatus(world, repository, one), wrap);
  }),
};
