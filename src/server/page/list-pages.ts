import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import { isReasonCode, sentence } from "../../core/reason.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { ShownImage, ShownRepository, ShownUse, UseFilter } from "../../core/view/view.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { choice, count, EXPOSURE_WORDS, foreign, type Html } from "./html.ts";
import {
  imageRow,
  type Names,
  PULL_COLUMNS,
  pullRow,
  ROLLOUT_COLUMNS,
  repositoryRow,
  rolloutRow,
  USE_COLUMNS,
  useRow,
} from "./rows.ts";
import { IMAGE_COLUMNS, REPOSITORY_COLUMNS } from "./search.ts";
import { pager, section } from "./table.ts";

type Query = Readonly<Record<string, string>>;

export function repositoriesPage(list: Listed<ShownRepository>, slice: Slice, query: Query): Html {
  return html`<h1>Repositories</h1>${lead(list, "repository", "repositories", query)}${section({
    ...{ title: "Repositories by name", isAlone: true },
    columns: REPOSITORY_COLUMNS,
    rows: list.shown.map(repositoryRow),
    empty: query.q === undefined ? "No repository is known yet: the first sweep finds them." : "None.",
    note: pager(list, slice, "/repositories", query),
  })}`;
}

export function imagesPage(list: Listed<ShownImage>, slice: Slice, query: Query): Html {
  return html`<h1>Images</h1>${lead(list, "image", "images", query, ", the most used first")}${section({
    ...{ title: "Images by how much they are used", isAlone: true },
    columns: IMAGE_COLUMNS,
    rows: list.shown.map(imageRow),
    empty: "None yet.",
    note: pager(list, slice, "/images", query),
  })}`;
}

/** How much there is, and what was asked for. */
function lead({ total }: Listed<unknown>, one: string, many: string, { q }: Query, order = ""): Html {
  return html`<p class="lead">${count(total, one, many)}${q === undefined ? "" : html` with “${foreign(q)}” in the name`}${order}.</p>`;
}

const PULL_STATES = ["open", "merged", "closed"] as const;

export function pullsPage(list: Listed<PullRecord>, names: Names, slice: Slice, query: Query): Html {
  return html`<h1>Pull requests</h1>
<p class="choices">${choice(query.state === undefined, "/pulls", "all")}${PULL_STATES.map((state) => choice(query.state === state, `/pulls?state=${state}`, state))}</p>${section(
    {
      title: query.repository === undefined ? "Newest first" : `Of ${query.repository}`,
      isAlone: query.repository === undefined,
      columns: PULL_COLUMNS,
      rows: list.shown.map((pull) => pullRow(pull, names)),
      empty: "None.",
      note: pager(list, slice, "/pulls", query),
    },
  )}`;
}

export function rolloutsPage(list: Listed<Rollout>, names: Names, slice: Slice): Html {
  return html`<h1>Rollouts</h1><p class="lead">Those under way first, then the newest.</p>${section({
    ...{ title: "Rollouts by time", isAlone: true },
    columns: ROLLOUT_COLUMNS,
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
  return html`<h1>Uses${words.length === 0 ? "" : html`: ${foreign(words.join(", "))}`}</h1>
<p class="lead">${count(list.total, "use")}, by repository.${exposure === undefined ? "" : " What is worst in a use counts."}</p>${section(
    {
      ...{ title: "Uses by repository", isAlone: true },
      columns: USE_COLUMNS,
      rows: list.shown.map((use) => useRow(use, "anywhere")),
      empty: "None.",
      note: pager(list, slice, "/uses", chosen),
    },
  )}`;
}
