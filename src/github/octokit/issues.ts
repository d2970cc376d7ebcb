import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Repository } from "../../core/repository.ts";
import type { Issue, Issues } from "../issues.ts";
import { type Client, named } from "./client.ts";
import { unlessMissing } from "./errors.ts";

type Listed = RestEndpointMethodTypes["issues"]["get"]["response"]["data"];

/** Pages of 100: our pull requests are in GitHub's list of issues too. */
const MOST_PAGES = 10;

export function createIssues(client: Client): Issues {
  /** One that was transferred is another repository's, under whatever number it answers to. */
  const isHere = async ({ owner, name }: Repository, { user, repository_url, pull_request }: Listed) => {
    const { login } = await client.identity();
    const home = `/repos/${owner}/${name}`.toLowerCase();
    return user?.login === login && pull_request === undefined && repository_url.toLowerCase().endsWith(home);
  };

  return {
    async get(repository, number) {
      const { issues } = client.on(repository, "readIssues").rest;
      const answer = await unlessMissing(issues.get({ ...named(repository), issue_number: number }), 404, 410);
      return answer && (await isHere(repository, answer.data)) ? readIssue(answer.data) : undefined;
    },

    async ours(repository) {
      const octokit = client.on(repository, "readIssues");
      const { login: creator } = await client.identity();
      const found: Issue[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const asked = { ...named(repository), creator, state: "all" as const, per_page: 100, page };
        const { data } = await octokit.rest.issues.listForRepo(asked);
        for (const listed of data) if (await isHere(repository, listed)) found.push(readIssue(listed));
        if (data.length < 100) break;
      }
      return found;
    },

    async create(repository, issue) {
      const { issues } = client.on(repository, "issues").rest;
      return readIssue((await issues.create({ ...named(repository), ...issue })).data);
    },

    async update(repository, number, change) {
      const { issues } = client.on(repository, "issues").rest;
      await issues.update({ ...named(repository), ...change, issue_number: number });
    },
  };
}

function readIssue({ number, html_url, state, title, body }: Listed): Issue {
  return { number, url: html_url, state: state === "open" ? "open" : "closed", title, body: body ?? "" };
}
