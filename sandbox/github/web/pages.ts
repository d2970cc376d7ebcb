import { html, raw } from "hono/html";
import { marked } from "marked";
import type { CheckRun } from "../state/check.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import { WEB_STYLE } from "./style.ts";

type Html = ReturnType<typeof html>;

/** A repository's pull requests, the newest first. */
export function repositoryPage(repository: Repository, pulls: readonly PullRequest[]): Html {
  const { owner, name } = repository;
  const list = pulls.toReversed().map((pull) => {
    const address = `/${owner}/${name}/pull/${pull.number}`;
    return html`<li>${badge(stateOf(pull))} <a href="${address}">${pull.title}</a> #${pull.number}</li>`;
  });
  return page(
    `${owner}/${name}`,
    html`<h1>${owner}/${name}</h1>
${list.length === 0 ? html`<p>No pull requests.</p>` : html`<ul>${list}</ul>`}`,
  );
}

/** A pull request: its title, state, checks and body. */
export function pullPage({ owner, name }: Repository, pull: PullRequest, checks: readonly CheckRun[]): Html {
  return page(
    `${pull.title} · ${owner}/${name}#${pull.number}`,
    html`<p><a href="/${owner}/${name}">${owner}/${name}</a></p>
<h1>${pull.title} <span class="faint">#${pull.number}</span></h1>
<p>${badge(stateOf(pull))} ${pull.author} ${stateOf(pull) === "merged" ? "merged" : "wants to merge"} <code>${pull.pull.head}</code> into <code>${pull.pull.base}</code>${pull.labels.map((label) => html` <span class="label">${label}</span>`)}</p>
<article>${raw(bodyOf(pull))}</article>
<h2>Checks</h2>
<ul>${checks.map(({ name: check, status, conclusion, title }) => html`<li>${badge(conclusion ?? status)} <b>${check}</b> ${title ?? ""}</li>`)}</ul>`,
  );
}

export function missingPage(): Html {
  return page(
    "Not found",
    html`<h1>Not found</h1><p>The demo's GitHub has pages for repositories and their pull requests only.</p>`,
  );
}

/** Whom GitHub would know by its cookie says so here. `query`: what the App came with. */
export function chooseLoginPage(app: string, query: readonly (readonly [string, string])[]): Html {
  return page(
    `Log in to ${app}`,
    html`<h1>Log in to ${app}</h1>
<form method="get" action="/login/oauth/authorize">
${query.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label>Login <input name="login" required></label>
<button>Authorize ${app}</button>
<button name="cancel" value="yes">Cancel</button>
</form>`,
  );
}

/** What GitHub asks a person before it registers an App. */
export function newAppPage(
  owner: string,
  form: { readonly action: string; readonly manifest: string; readonly name: string },
): Html {
  return page(
    "Create GitHub App",
    html`<h1>Create GitHub App for ${owner}</h1>
<form method="post" action="${form.action}">
<label>Name <input name="name" value="${form.name}"></label>
<input type="hidden" name="manifest" value="${form.manifest}">
<button name="create" value="yes">Create GitHub App for ${owner}</button>
</form>`,
  );
}

/** What GitHub says of a manifest that it does not take. */
export function refusedManifestPage(problems: readonly string[]): Html {
  return page("Error", html`<h1>Error</h1><ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`);
}

/** GitHub's alerts are block quotes with a mark in their first line. */
function bodyOf({ body }: PullRequest): string {
  const text = (body ?? "").replace(/^> \[!(\w+)\]$/gm, "> **$1**\n>");
  return marked.parse(text, { async: false, gfm: true });
}

function stateOf({ state, pull }: PullRequest): string {
  return pull.mergedAt === null ? state : "merged";
}

function badge(state: string): Html {
  return html`<span class="badge ${state}">${state}</span>`;
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(WEB_STYLE)}</style>
</head>
<body>
<p class="faint">The demo's GitHub, on this machine</p>
${content}
</body>
</html>`;
}
