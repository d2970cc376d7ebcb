import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import { repositoryAddress } from "../../core/text/web-address.ts";
import type { ShownUse } from "../../core/view/view.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import type { IndexedLine, IndexedRepository } from "../../store/inverted-index.ts";
import { hrefOf } from "./address.ts";
import { type Cell, foreign, type Html } from "./html.ts";
import { type Names, PULL_COLUMNS, pullRow, ROLLOUT_COLUMNS, rolloutRow, USE_COLUMNS, useRow } from "./rows.ts";
import { more, pager, section } from "./table.ts";

export interface RepositoryView {
  readonly repository: IndexedRepository;
  /** The branches beside the default one that are kept patched. */
  readonly lines: readonly IndexedLine[];
  readonly uses: Listed<ShownUse>;
  readonly slice: Slice;
  readonly pulls: Listed<PullRecord>;
  readonly rollouts: Listed<Rollout>;
  /** What is wrong with its configuration, when that was last looked at. */
  readonly problems: readonly string[];
  readonly subject: string;
  readonly names: Names;
}

export function repositoryPage(view: RepositoryView): Html {
  const { repository, uses, slice, pulls, rollouts, problems, names } = view;
  const path = hrefOf.repository(repository);
  const isRead = repository.head !== undefined;
  return html`<h1>${foreign(`${repository.owner}/${repository.name}`)}</h1>
<p class="lead">${isRead ? html`Read at <code>${repository.head?.slice(0, 12)}</code> of ${foreign(repository.defaultBranch)}${otherBranches(view)}.` : "Its files have not been read yet."}
<a href="${repositoryAddress(repository)}">On GitHub</a> · <a href="${hrefOf.ledger(view.subject)}">In the ledger</a></p>
${problems.length === 0 ? "" : configuration(problems)}
${section({
  title: "Images used",
  columns: USE_COLUMNS,
  rows: uses.shown.map((use) => useRow(use, "its repository")),
  empty: isRead ? "No file there names an image that Oakum knows how to read." : "Not known yet.",
  note: pager(uses, slice, path),
})}
${section({
  title: "Pull requests",
  columns: PULL_COLUMNS,
  rows: pulls.shown.map((pull) => pullRow(pull, names)),
  empty: "Oakum has opened none here.",
  note: more(pulls, `/pulls?${new URLSearchParams({ repository: `${repository.owner}/${repository.name}` })}`),
})}
${
  rollouts.shown.length === 0
    ? ""
    : section({
        title: "Rollouts",
        columns: ROLLOUT_COLUMNS,
        rows: rollouts.shown.map((rollout) => rolloutRow(rollout, names)),
        empty: "",
      })
}`;
}

/** What else is kept patched, and that there is more which is not. */
function otherBranches({ lines, repository }: RepositoryView): Cell {
  if (lines.length === 0) return "";
  const named = lines.map(({ base }, at) => html`${at === 0 ? "" : ", "}${foreign(base)}`);
  const left = repository.maintained?.left ?? 0;
  const others = left === 0 ? "" : `, and not ${left.toLocaleString("en")} more that its configuration names`;
  return html`; also kept patched: ${named}${others}`;
}

function configuration(problems: readonly string[]): Cell {
  return html`<section aria-labelledby="configuration"><h2 id="configuration">Configuration</h2>
<ul>${problems.map((problem) => html`<li>${foreign(problem)}</li>`)}</ul></section>`;
}
