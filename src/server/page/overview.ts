import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import { sentence } from "../../core/reason.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import { EXPOSURE_CLASSES, type ExposureClass, type Summary } from "../../core/view/view.ts";
import type { Listed } from "../../core/view/viewer.ts";
import { hrefOf } from "./address.ts";
import { badge, type Cell, count, EXPOSURE_WORDS, type Html } from "./html.ts";
import { type Names, PULL_COLUMNS, pullRow, ROLLOUT_COLUMNS, rolloutRow } from "./rows.ts";
import { more, section } from "./table.ts";
import { tile } from "./tile.ts";

export interface Overview {
  readonly summary: Summary;
  readonly pulls: Listed<PullRecord>;
  readonly rollouts: Listed<Rollout>;
  readonly names: Names;
  /** Whether the viewer sees everything that there is. */
  readonly isWhole: boolean;
  /** Whether there is a report issue, too. */
  readonly isReported: boolean;
}

type State = Summary["states"][number];

/** What is exposed, what is on its way, and what a person must look at. */
export function overviewPage({ summary, pulls, rollouts, names, isWhole, isReported }: Overview): Html {
  if (summary.repositories === 0) return nothingYet(isWhole, isReported);
  return html`<h1>Overview</h1>
<p class="lead">${lead(summary)}</p>
${isReported ? "" : UNREPORTED}
<section aria-labelledby="exposure"><h2 id="exposure">Exposed, by what is worst in each use</h2>
<ul class="tiles">${EXPOSURE_CLASSES.map((one) => exposureTile(summary, one))}</ul></section>
${section({
  title: "Open pull requests",
  columns: PULL_COLUMNS,
  rows: pulls.shown.map((pull) => pullRow(pull, names)),
  empty: "None is open. Updates that wait for something are under “Not moving”.",
  note: more(pulls, "/pulls?state=open"),
})}
${section({
  title: "Not moving, and why",
  columns: STATE_COLUMNS,
  rows: summary.states.filter(({ state }) => state === "held").map(stateRow),
  empty: "Nothing is held back.",
})}
${section({
  title: "Could not be read or asked",
  columns: STATE_COLUMNS,
  rows: summary.states.filter(isUnread).map(stateRow),
  empty: summary.unread === 0 ? "Everything could be read." : `${unreadRepositories(summary.unread)}.`,
})}
${section({
  title: "Rollouts",
  columns: ROLLOUT_COLUMNS,
  rows: rollouts.shown.map((rollout) => rolloutRow(rollout, names)),
  empty: "Nothing was rolled out yet.",
  note: more(rollouts, "/rollouts"),
})}`;
}

const UNREPORTED = html`<p>No report issue is written: the operator named no policy repository (<code>policyRepository</code>).</p>`;

/** A page of noughts would say that all is well. */
function nothingYet(isWhole: boolean, isReported: boolean): Html {
  return html`<h1>Overview</h1>
<p class="lead">No repository ${isWhole ? "is known" : "that you may read is known"} yet.</p>
<p>Once the App is installed, this page shows what its repositories use, within minutes. Where that was done, and nothing comes,
the log says what GitHub refuses.</p>
${isReported ? "" : UNREPORTED}`;
}

function lead(summary: Summary): Cell {
  const { repositories, images, openPulls, rollouts } = summary;
  const rolled = `${count(rollouts.active, "rollout")} under way, ${rollouts.confirmed.toLocaleString("en")} confirmed`;
  return [
    count(repositories, "repository", "repositories"),
    count(images, "image"),
    count(openPulls, "open pull request"),
    rolled,
    ...(summary.unread === 0 ? [] : [unreadRepositories(summary.unread)]),
  ].join(" · ");
}

function unreadRepositories(number: number): string {
  return `${count(number, "repository is", "repositories are")} not read yet`;
}

function exposureTile({ exposure }: Summary, one: ExposureClass): Html {
  const { uses, repositories, ready } = exposure[one];
  const where =
    uses === 0 ? "no use" : `${uses === 1 ? "use" : "uses"} in ${count(repositories, "repository", "repositories")}`;
  const update = ready === 0 || one === "none" ? "" : `, ${ready.toLocaleString("en")} with an update`;
  const words = `${where}${update}`;
  return tile({ tone: one, name: EXPOSURE_WORDS[one], number: uses, words, href: hrefOf.uses({ exposure: one }) });
}

const STATE_COLUMNS = ["State", "Why", { number: "Uses" }, { number: "Repositories" }] as const;

function isUnread({ state }: State): boolean {
  return state === "auth-failed" || state === "unsupported" || state === "unknown";
}

function stateRow({ state, code, uses, repositories }: State): readonly Cell[] {
  const href = hrefOf.uses({ state, ...(code !== undefined && { reason: code }) });
  return [
    badge(state),
    code === undefined ? "" : sentence({ code }),
    html`<a href="${href}">${uses.toLocaleString("en")}<span class="hidden"> ${uses === 1 ? "use" : "uses"}</span></a>`,
    repositories.toLocaleString("en"),
  ];
}
