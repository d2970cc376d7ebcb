import type { Repository } from "../../core/repository.ts";
import type { Author, Comment, Comments } from "../comments.ts";
import { type Client, named } from "./client.ts";
import { toGraphqlError } from "./errors.ts";
import { mayWrite } from "./permission.ts";

/** Pages of a hundred that are read at once: more than a person writes between two looks. */
const MOST_PAGES = 3;

const EDITOR = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      body
      lastEditedAt
      editor { __typename login ... on User { databaseId } }
    }
  }
}`;

interface EditorAnswer {
  readonly repository: {
    readonly pullRequest: {
      readonly body: string;
      readonly lastEditedAt: string | null;
      readonly editor: { readonly __typename: string; readonly login: string; readonly databaseId?: number } | null;
    };
  };
}

export function createComments(client: Client): Comments {
  return {
    async list(repository, number, since) {
      const { issues } = client.on(repository, "readPulls").rest;
      const found: Comment[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const from = since === undefined ? {} : { since };
        const asked = { ...named(repository), ...from, issue_number: number, per_page: 100, page };
        const { data, headers } = await issues.listComments(asked);
        found.push(...data.map(readComment));
        if (!headers.link?.includes('rel="next"')) return { comments: found, whole: true };
      }
      return { comments: found, whole: false };
    },

    async react(repository, comment, reaction) {
      const { reactions } = client.on(repository, "pulls").rest;
      const content = reaction === "yes" ? "+1" : "confused";
      await reactions.createForIssueComment({ ...named(repository), comment_id: comment, content });
    },

    async write(repository, number, body) {
      const { issues } = client.on(repository, "pulls").rest;
      await issues.createComment({ ...named(repository), issue_number: number, body });
    },

    editor: (repository, number) => findEditor(client, repository, number),

    mayWrite: (repository, login) => mayWrite(client, repository, login),
  };
}

function readComment(data: {
  readonly id: number;
  readonly body?: string | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  readonly user: { readonly id: number; readonly login: string; readonly type: string } | null;
  readonly performed_via_github_app?: unknown;
}): Comment {
  const { id, body = "", user } = data;
  // An App may also speak with a person's voice: then it was not they who wrote.
  const isPerson = user?.type === "User" && data.performed_via_github_app == null;
  const author = user === null ? {} : { author: { id: user.id, login: user.login, isPerson } };
  return { id, at: data.created_at, edited: data.updated_at !== data.created_at, body, ...author };
}

/** Only GraphQL says who edited a description last. */
async function findEditor(client: Client, repository: Repository, number: number) {
  const { owner, name } = repository;
  try {
    const octokit = client.on(repository, "readPulls");
    const answer = await octokit.graphql<EditorAnswer>(EDITOR, { owner, name, number });
    const { body, editor, lastEditedAt } = answer.repository.pullRequest;
    if (editor === null || lastEditedAt === null) return undefined;
    const { __typename, login, databaseId } = editor;
    const author: Author = { id: databaseId ?? 0, login, isPerson: __typename === "User" };
    return { author, at: lastEditedAt, body };
  } catch (error) {
    throw toGraphqlError(error, `pull request ${number} of ${owner}/${name}`);
  }
}
