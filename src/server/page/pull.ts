import { html } from "hono/html";
import type { LedgerEntry } from "../../core/ledger.ts";
import { isOverdue } from "../../core/policy/due.ts";
import { URGENCIES } from "../../core/policy/policy.ts";
import { compareUrgency, type PullRecord } from "../../core/pull/pull.ts";
import type { ImageReference } from "../../core/reference.ts";
import { pullAddress } from "../../core/text/web-address.ts";
import type { Delta } from "../../core/verdict/verdict.ts";
import { countByUrgency, urgencyOfFinding } from "../../core/view/exposure.ts";
import type { NamedRepository } from "../../core/view/view.ts";
import { hrefOf } from "./address.ts";
import {
  badge,
  type Cell,
  EXPOSURE_WORDS,
  exposureBadge,
  foreign,
  type Html,
  imageLink,
  link,
  repositoryLink,
  shortDigest,
  time,
  under,
} from "./html.ts";
import { verdictCell } from "./rows.ts";
import { type Row, section } from "./table.ts";
import { say } from "./words.ts";

export interface PullView {
  readonly repository: NamedRepository;
  readonly pull: PullRecord;
  /** What happened to it, to its release and to that one's rollouts; oldest first. */
  readonly facts: readonly LedgerEntry[];
  /** Whether there were more facts than are shown. */
  readonly isCut: boolean;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A pull request and its timeline. */
export function pullPage({ repository, pull, facts, isCut, subject, now }: PullView): Html {
  const delta = pull.gate?.delta;
  return html`<h1>${foreign(pull.title)}</h1>
<p class="lead">${badge(pull.state)} · ${repositoryLink(repository)}${pull.number === undefined ? "" : html` · <a href="${pullAddress(repository, pull.number)}">#${pull.number} on GitHub</a>`} · <a href="${hrefOf.ledger(subject)}">In the ledger</a></p>
<dl class="facts">
<dt>Opened</dt><dd>${time(pull.openedAt)}${pull.mergedAt === undefined ? "" : html`, merged ${time(pull.mergedAt)}`}</dd>
<dt>Into</dt><dd>${foreign(pull.base)}</dd>
<dt>Verdict</dt><dd>${verdictCell(pull)}</dd>
${dueOf(pull, now)}
</dl>
${section({
  title: "Updates",
  columns: ["Image", "From", "To", "Change", "Urgency", "Files"],
  rows: pull.group.updates
    .toSorted((a, b) => compareUrgency(a.urgency, b.urgency))
    .map((update) => [
      imageLink(update.to),
      versionCell(update.from),
      versionCell(update.to),
      update.change,
      exposureBadge(update.urgency),
      foreign(placesOf(update.changes.map(({ use }) => `${use.path}:${use.line}`))),
    ]),
  empty: "None is recorded.",
})}
${section({
  title: "Findings, by our own scans",
  columns: ["By the change", ...URGENCIES.map((urgency) => ({ number: EXPOSURE_WORDS[urgency] })), "Such as"],
  rows: delta === undefined ? [] : findingRows(delta),
  empty: "What is in the new image was not compared with the old one yet.",
})}
<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
${facts.length === 0 ? html`<p class="empty">The ledger has nothing on it.</p>` : html`<ol class="timeline">${facts.map(factItem)}</ol>`}
${isCut ? html`<p class="more">There is more than is shown here: <a href="${hrefOf.ledger(subject)}">all of it is in the ledger</a>.</p>` : ""}
</section>`;
}

/** By when the fix must run, while that is not past and done. */
function dueOf({ due, state }: PullRecord, now: number): Cell {
  if (due === undefined || state !== "open") return "";
  const overdue = isOverdue(due, now) ? html` ${badge("overdue", "failed")}` : "";
  return html`<dt>Due</dt><dd>${time(due.at)}${overdue}, as ${exposureBadge(due.urgency)}</dd>`;
}

/** A tag, and the digest beneath it. */
function versionCell({ tag, digest }: ImageReference): Html {
  const short = digest === undefined ? "" : shortDigest(digest);
  return tag === undefined ? foreign(short) : html`${foreign(tag)}${under(short)}`;
}

/** Named of each kind; the pull request on GitHub has all of them. */
const MOST_NAMED = 5;

function findingRows(delta: Delta): readonly Row[] {
  return (["fixed", "introduced", "remaining"] as const).map((kind) => {
    const counts = countByUrgency(delta[kind]);
    const worst = delta[kind].toSorted((a, b) => compareUrgency(urgencyOfFinding(a), urgencyOfFinding(b)));
    const ids = [...new Set(worst.map(({ id }) => id))];
    const named = ids.slice(0, MOST_NAMED).map((id) => html`${link(hrefOf.vulnerability(id), id)} `);
    const rest = ids.length - MOST_NAMED;
    return [
      kind,
      ...URGENCIES.map((urgency) => counts[urgency].toLocaleString("en")),
      html`${named}${rest > 0 ? `and ${rest} more` : ""}`,
    ];
  });
}

const MOST_PLACES = 10;

function placesOf(places: readonly string[]): string {
  const rest = places.length - MOST_PLACES;
  return [...places.slice(0, MOST_PLACES), ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}

function factItem(entry: LedgerEntry): Html {
  const { what, tone = "" } = say(entry);
  return html`<li class="${tone}">${time(entry.at, true)}<p>${foreign(shortDigest(what))}</p></li>`;
}
