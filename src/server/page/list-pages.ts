import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import { isReasonCode, sentence } from "../../core/reason.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { ShownImage, ShownRepository, ShownUse, UseFilter } from "../../core/view/view.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { EXPOSURE_WORDS, foreign, type Html, repositoryLink } from "./html.ts";
import { imageRow, type Names, pullRow, repositoryRow, rolloutRow, USE_COLUMNS, useRow } from "./lists.ts";
import { IMAGE_COLUMNS, REPOSITORY_COLUMNS } from "./search.ts";
import { pager, section } from "./table.ts";

type Query = Readonly<Record<string, string>>;

export function repositoriesPage(list: Listed<ShownRepository>, slice: Slice, query: Query): Html {
  return html`<h1>Repositories</h1>${section({
    title: query.q === undefined ? "All" : `With “${query.q}” in the name`,
    columns: REPOSITORY_COLUMNS,
    rows: list.shown.map(repositoryRow),
    empty: query.q === undefined ? "No repository is known yet: the first sweep finds them." : "None.",
    note: pager(list, slice, "/repositories", query),
  })}`;
}

export function imagesPage(list: Listed<ShownImage>, slice: Slice, query: Query): Html {
  return html`<h1>Images</h1><p class="lead">Every image that a repository uses, the most used first.</p>${section({
    title: query.q === undefined ? "All" : `With “${query.q}” in the name`,
    columns: IMAGE_COLUMNS,
    rows: list.shown.map(imageRow),
    empty: "None yet.",
    note: pager(list, slice, "/images", query),
  })}`;
}

const PULL_STATES = ["open", "merged", "closed"] as const;

export function pullsPage(list: Listed<PullRecord>, names: Names, slice: Slice, query: Query): Html {
  return html`<h1>Pull requests</h1>
<p class="lead">${choice(query.state, undefined, "all")} · ${PULL_STATES.map((state) => html`${choice(query.state, state, state)} `)}</p>${section(
    {
      title: query.repository === undefined ? (query.state ?? "All") : `Of ${query.repository}`,
      columns: ["Pull request", "Title", "State", "Verdict", "Opened"],
      rows: list.shown.map((pull) => pullRow(pull, names)),
      empty: "None.",
      note: pager(list, slice, "/pulls", query),
    },
  )}`;
}

function choice(chosen: string | undefined, state: string | undefined, word: string): Html {
  const href = state === undefined ? "/pulls" : `/pulls?state=${state}`;
  return chosen === state ? html`<strong>${word}</strong>` : html`<a href="${href}">${word}</a>`;
}

export function rolloutsPage(list: Listed<Rollout>, names: Names, slice: Slice): Html {
  return html`<h1>Rollouts</h1><p class="lead">Those under way first, then the newest.</p>${section({
    title: "All",
    columns: ["Repository", "Environment", "Target", "Phase", "Since"],
    rows: list.shown.map((rollout) => rolloutRow(rollout, names)),
    empty: "Nothing was rolled out yet.",
    note: pager(list, slice, "/rollouts"),
  })}`;
}

/** The uses behind a number of the overview. */
export function usesPage(list: Listed<ShownUse>, filter: Omit<UseFilter, "viewer" | "freshSince">, slice: Slice): Html {
  const { state, reason, exposure } = filter;
  const chosen = {
    ...(state && { state }),
    ...(reason && { reason }),
    ...(exposure && { exposure }),
  };
  const words = [
    ...(exposure ? [EXPOSURE_WORDS[exposure]] : []),
    ...(state ? [state] : []),
    ...(reason !== undefined && isReasonCode(reason) ? [sentence({ code: reason })] : []),
  ];
  return html`<h1>Uses</h1><p class="lead">${words.length === 0 ? "All of them." : foreign(`${words.join(": ")}.`)}</p>${section(
    {
      title: "By repository",
      columns: ["Repository", ...USE_COLUMNS],
      rows: list.shown.map((use) => [repositoryLink(use.repository), ...useRow(use)]),
      empty: "None.",
      note: pager(list, slice, "/uses", chosen),
    },
  )}`;
}
