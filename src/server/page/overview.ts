import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import { sentence } from "../../core/reason.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import { EXPOSURE_CLASSES, type ExposureClass, type Summary } from "../../core/view/view.ts";
import type { Listed } from "../../core/view/viewer.ts";
import { hrefOf } from "./address.ts";
import { badge, type Cell, count, EXPOSURE_WORDS, type Html } from "./html.ts";
import { type Names, pullRow, rolloutRow } from "./lists.ts";
import { more, section } from "./table.ts";

export interface Overview {
  readonly summary: Summary;
  readonly pulls: Listed<PullRecord>;
  readonly rollouts: Listed<Rollout>;
  readonly names: Names;
  /** Whether there is a report issue, too. */
  readonly isReported: boolean;
}

type State = Summary["states"][number];

/** What is exposed, what is on its way, and what a person must look at. */
export function overviewPage({ summary, pulls, rollouts, names, isReported }: Overview): Html {
  return html`<h1>Overview</h1>
<p class="lead">${lead(summary)}</p>
${isReported ? "" : html`<p>No report issue is written: the operator named no policy repository (<code>policyRepository</code>).</p>`}
<section aria-labelledby="exposure"><h2 id="exposure">Exposed, by what is worst in each use</h2>
<ul class="tiles">${EXPOSURE_CLASSES.map((one) => tile(summary, one))}</ul></section>
${section({
  title: "Open pull requests",
  columns: ["Pull request", "Title", "State", "Verdict", "Opened"],
  rows: pulls.shown.map((pull) => pullRow(pull, names)),
  empty: "None is open. Updates that wait for something are under “Not moving”.",
  note: more(pulls, "/pulls?state=open"),
})}
${section({
  title: "Rollouts",
  columns: ["Repository", "Environment", "Target", "Phase", "Since"],
  rows: rollouts.shown.map((rollout) => rolloutRow(rollout, names)),
  empty: "Nothing was rolled out yet.",
  note: more(rollouts, "/rollouts"),
})}
${section({
  title: "Not moving, and why",
  columns: ["State", "Why", "Uses", "Repositories"],
  rows: summary.states.filter(({ state }) => state === "held").map(stateRow),
  empty: "Nothing is held back.",
})}
${section({
  title: "Could not be read or asked",
  columns: ["State", "Why", "Uses", "Repositories"],
  rows: summary.states.filter(isUnread).map(stateRow),
  empty: summary.unread === 0 ? "Everything could be read." : unread(summary.unread),
})}`;
}

function lead(summary: Summary): Cell {
  const { repositories, images, openPulls, rollouts } = summary;
  const rolled = `${count(rollouts.active, "rollout")} under way, ${rollouts.confirmed.toLocaleString("en")} confirmed`;
  return [
    count(repositories, "repository", "repositories"),
    count(images, "image"),
    count(openPulls, "open pull request"),
    rolled,
    ...(summary.unread === 0 ? [] : [unread(summary.unread)]),
  ].join(" · ");
}

function unread(number: number): string {
  return `${count(number, "repository is", "repositories are")} not read yet`;
}

function tile({ exposure }: Summary, one: ExposureClass): Html {
  const { uses, repositories, ready } = exposure[one];
  const where =
    uses === 0 ? "no use" : `${uses === 1 ? "use" : "uses"} in ${count(repositories, "repository", "repositories")}`;
  const update = ready === 0 || one === "none" ? "" : `, ${ready.toLocaleString("en")} with an update`;
  return html`<li class="${one}"><a href="${hrefOf.uses({ exposure: one })}"><span class="name">${EXPOSURE_WORDS[one]}</span>
<span class="big">${uses.toLocaleString("en")}</span> ${where}${update}</a></li>`;
}

function isUnread({ state }: State): boolean {
  return state === "auth-failed" || state === "unsupported" || state === "unknown";
}

function stateRow({ state, code, uses, repositories }: State): readonly Cell[] {
  const href = hrefOf.uses({ state, ...(code !== undefined && { reason: code }) });
  return [
    badge(state),
    code === undefined ? "" : sentence({ code }),
    html`<a href="${href}">${count(uses, "use")}</a>`,
    repositories.toLocaleString("en"),
  ];
}
