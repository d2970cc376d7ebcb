import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { PauseShown } from "../control/control.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { PullRecord } from "../core/pull.ts";
import { type Reason, sentence } from "../core/reason.ts";
import { type RepositoryId, repositoryKey } from "../core/repository.ts";
import type { Rollout } from "../core/rollout.ts";
import type { IndexedRepository, IndexedUse } from "../store/store.ts";

/** A list as far as the page shows it. */
export interface Listed<T> {
  readonly shown: readonly T[];
  readonly total: number;
}

/** What the page shows. */
export interface Overview {
  /** All of them. */
  readonly repositories: readonly IndexedRepository[];
  readonly used: Listed<{ readonly repository: IndexedRepository; readonly uses: Listed<IndexedUse> }>;
  readonly pulls: Listed<PullRecord>;
  readonly openPulls: number;
  readonly rollouts: Listed<Rollout>;
  readonly confirmedRollouts: number;
  /** Newest first. */
  readonly ledger: Listed<LedgerEntry>;
  readonly pauses: readonly PauseShown[];
}

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The whole page. Everything that others wrote is escaped, and kept from changing the direction of the text around it. */
export function page(overview: Overview): Html {
  const names = new Map(overview.repositories.map((repository) => [repositoryKey(repository), repository]));
  const link = (id: RepositoryId, number?: number) => repositoryLink(names.get(repositoryKey(id)), id, number);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Oakum</title>
<link rel="stylesheet" href="page.css">
</head>
<body>
<header><h1>Oakum</h1><p>${summary(overview)}</p>${overview.pauses.map(pauseNotice)}</header>
<main>
${section("Repositories", ["Repository", "Image", "Where", "State", "Why"], useRows(overview, link), more(overview.used, "first", html` All of it: <a href="api/uses">api/uses</a>.`))}
${section("Pull requests", ["Pull request", "Title", "State", "Verdict"], pullRows(overview, link), more(overview.pulls, "first"))}
${section("Rollouts", ["Repository", "Environment", "Target", "Phase", "Since", "Why"], rolloutRows(overview, link), more(overview.rollouts, "first"))}
${section("Ledger", ["#", "At", "Subject", "Transition", "Cause"], ledgerRows(overview), more(overview.ledger, "newest", html` From the first on, page by page: <a href="api/ledger?after=0">api/ledger?after=0</a>.`))}
</main>
</body>
</html>`;
}

/** What a person must know before anything else: why nothing moves. */
function pauseNotice({ account, since, by, why: words }: PauseShown): Html {
  const what = account === undefined ? "everything" : foreign(account);
  return html`<p>${badge("paused")} ${what}, since ${since}, by ${foreign(by)}${words === undefined ? "" : html`: ${foreign(words)}`}. What is under way finishes; nothing new starts.</p>`;
}

function summary({ repositories, openPulls, confirmedRollouts }: Overview): string {
  return [
    count(repositories.length, "repository", "repositories"),
    count(openPulls, "open pull request", "open pull requests"),
    count(confirmedRollouts, "confirmed rollout", "confirmed rollouts"),
  ].join(", ");
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

type Row = readonly (Html | string)[];

/** Says of a list that it is cut, and where the rest is. */
function more({ shown, total }: Listed<unknown>, which: "first" | "newest", rest: Html | string = ""): Html | string {
  return shown.length >= total ? "" : html`<p>The ${which} ${shown.length} of ${total}.${rest}</p>`;
}

function section(title: string, columns: readonly string[], rows: readonly Row[], note: Html | string): Html {
  const id = title.toLowerCase().replace(" ", "-");
  if (rows.length === 0)
    return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><p>None yet.</p></section>`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => tableRow(columns, cells))}</tbody></table></div>${note}</section>`;
}

/** Each cell knows its column: on a narrow screen a row is a list of them. */
function tableRow(columns: readonly string[], cells: Row): Html {
  return html`<tr>${cells.map((cell, at) => html`<td data-column="${columns[at] ?? ""}">${cell}</td>`)}</tr>`;
}

type Link = (id: RepositoryId, number?: number) => Html;

function useRows({ used }: Overview, link: Link): readonly Row[] {
  return used.shown.flatMap(({ repository, uses: { shown, total } }): readonly Row[] => {
    if (total === 0) return [[link(repository), "", "", badge(repository.head ? "no images" : "not read yet"), ""]];
    const rows = shown.map((use) => [
      link(repository),
      foreign(shortDigest(use.text)),
      foreign(`${use.path}:${use.line}`),
      badge(use.state),
      why(use.reason),
    ]);
    return shown.length < total ? [...rows, [link(repository), `and ${total - shown.length} more`, "", "", ""]] : rows;
  });
}

function pullRows({ pulls }: Overview, link: Link): readonly Row[] {
  return pulls.shown.map((pull) => {
    const verdict = pull.gate?.verdict;
    // Once it passed, what counts is why it is still open.
    const waiting = pull.state === "open" && pull.unmerged?.head === pull.gate?.head ? pull.unmerged : undefined;
    const reasons = waiting?.reasons ?? verdict?.reasons ?? [];
    const judged = verdict === undefined ? badge("not judged yet") : html`${badge(verdict.state)} ${reasons.map(why)}`;
    return [link(pull.repository, pull.number), foreign(pull.title), badge(pull.state), judged];
  });
}

function rolloutRows({ rollouts }: Overview, link: Link): readonly Row[] {
  return rollouts.shown.map(({ target, phase, since, reason }) => [
    link(target.repository),
    foreign(target.environment),
    foreign(target.name),
    badge(phase),
    time(new Date(since).toISOString()),
    why(reason),
  ]);
}

function ledgerRows({ ledger, repositories }: Overview): readonly Row[] {
  const names = repositories.map(({ owner, name, ...id }) => [repositoryKey(id), `${owner}/${name}`]);
  const named = (text: string) => {
    const [key = "", name = ""] = names.find(([one = ""]) => isAbout(text, one)) ?? [];
    return foreign(key === "" ? text : text.replace(key, () => name));
  };
  return ledger.shown.map(({ sequence, at, subject, transition, cause }) => [
    String(sequence),
    time(at),
    named(subject),
    foreign(transition),
    named(cause),
  ]);
}

/** Whether a ledger's text names this repository, and not one whose number only begins like it. */
function isAbout(text: string, key: string): boolean {
  const at = text.indexOf(key);
  return at !== -1 && /^(?:[/#@]|$)/.test(text.slice(at + key.length));
}

function badge(state: string): Html {
  return html`<span class="badge ${state.replaceAll(" ", "-")}">${state}</span>`;
}

function why(reason: Reason | undefined): Html | string {
  return reason === undefined ? "" : foreign(sentence(reason));
}

function time(at: string): Html {
  return html`<time datetime="${at}">${at.slice(0, 19).replace("T", " ")}</time>`;
}

/** Enough of a digest to tell it from another by eye. */
function shortDigest(text: string): string {
  return text.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}/, "$1…");
}

/** Text that somebody else wrote. */
function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

function repositoryLink(repository: IndexedRepository | undefined, id: RepositoryId, number: number | undefined): Html {
  if (repository === undefined) return html`${repositoryKey(id)}${number === undefined ? "" : `#${number}`}`;
  const name = `${repository.owner}/${repository.name}`;
  const path = [repository.owner, repository.name].map(encodeURIComponent).join("/");
  const home = `${isLoopback(repository.host) ? "http" : "https"}://${repository.host}/${path}`;
  if (number === undefined) return html`<a href="${home}"><bdi>${name}</bdi></a>`;
  return html`<a href="${home}/pull/${number}"><bdi>${name}#${number}</bdi></a>`;
}

/** On this machine there is only the GitHub of the demo, and that has no certificate. */
function isLoopback(host: string): boolean {
  return /^127\.0\.0\.1(?::\d+)?$/.test(host);
}
