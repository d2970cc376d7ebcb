import type { RestEndpointMethodTypes } from "@octokit/rest";
import { AppError } from "../../core/errors.ts";
import type { WorkflowRun, Workflows } from "../workflows.ts";
import { downloadArtifact, unpack } from "./artifact.ts";
import type { Fetch } from "./bounded-fetch.ts";
import { type Client, named } from "./client.ts";
import { unlessMissing } from "./errors.ts";

type Listed = RestEndpointMethodTypes["actions"]["listWorkflowRuns"]["response"]["data"]["workflow_runs"][number];

export function createWorkflows(client: Client, fetch: Fetch): Workflows {
  return {
    async dispatch(repository, workflow, branch, inputs) {
      const { actions } = client.on(repository, "actions").rest;
      const parameters = { ...named(repository), workflow_id: workflow, ref: branch, inputs: { ...inputs } };
      const answer = await unlessMissing(actions.createWorkflowDispatch(parameters));
      if (answer === undefined)
        throw new AppError("INPUT", `${repository.owner}/${repository.name} has no workflow ${workflow}`);
    },

    async runs(repository, workflow, head) {
      const { actions } = client.on(repository, "readActions").rest;
      const runs = actions.listWorkflowRuns({
        ...named(repository),
        workflow_id: workflow,
        head_sha: head,
        per_page: 100,
      });
      const answer = await unlessMissing(runs);
      return (answer?.data.workflow_runs ?? []).map(readRun);
    },

    async cancel(repository, run) {
      const { actions } = client.on(repository, "actions").rest;
      // 409: it has finished meanwhile.
      await unlessMissing(actions.cancelWorkflowRun({ ...named(repository), run_id: run }), 409);
    },

    async artifact(repository, run, name) {
      const octokit = client.on(repository, "readActions");
      const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({ ...named(repository), run_id: run, name });
      const found = data.artifacts.find((artifact) => artifact.name === name && !artifact.expired);
      return found === undefined ? undefined : unpack(await downloadArtifact(octokit, repository, found.id, fetch));
    },
  };
}

function readRun({
  id,
  html_url,
  head_sha,
  event,
  display_title,
  status,
  conclusion,
  created_at,
}: Listed): WorkflowRun {
  return {
    id,
    url: html_url,
    head: head_sha,
    event,
    title: display_title,
    createdAt: Date.parse(created_at),
    status: status === "queued" || status === "in_progress" || status === "completed" ? status : "other",
    ...(conclusion === null ? {} : { conclusion }),
  };
}
