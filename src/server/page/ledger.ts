import { html } from "hono/html";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { hrefOf } from "./address.ts";
import { choice, foreign, type Html, pathText, shortDigest, time, under } from "./html.ts";
import type { Names } from "./rows.ts";
import { pager, type Row, section } from "./table.ts";
import { keyOf, named, say } from "./words.ts";

export interface LedgerView {
  readonly entries: Listed<LedgerEntry>;
  readonly slice: Slice;
  /** What the subjects begin with; empty for everything. */
  readonly subject: string;
  readonly names: Names;
  /** Whether the numbers are shown: to who sees a part only, they would tell how much there is. */
  readonly isWhole: boolean;
}

/** What subjects begin with, and what they are about. Campaigns are everybody's: who sees a part sees none of them. */
const KINDS = [
  ["", "everything"],
  ["repo:", "repositories"],
  ["image:", "images"],
  ["pull:", "pull requests"],
  ["release:", "releases"],
  ["target:", "rollouts"],
  ["campaign:", "campaigns"],
] as const;

/** What Oakum did and saw, newest first. */
export function ledgerPage({ entries, slice, subject, names, isWhole }: LedgerView): Html {
  return html`<h1>Ledger</h1>
<p class="lead">What Oakum saw and did, newest first. ${isWhole ? html`<code>oakum ledger verify</code> checks that nothing was changed.` : "Of the repositories that you may read."}</p>
<form class="search" action="/ledger" method="get">
<label class="hidden" for="subject">Only subjects that begin with</label>
<input id="subject" name="subject" value="${subject}" maxlength="300" placeholder="Subject, such as image:docker.io/library/node" autocomplete="off" spellcheck="false"><button>Filter</button></form>
<p class="choices">${KINDS.filter(([beginning]) => isWhole || beginning !== "campaign:").map(([beginning, word]) => choice(subject === beginning, beginning === "" ? "/ledger" : hrefOf.ledger(beginning), word))}</p>
${section({
  ...{ title: "Entries", isAlone: true },
  columns: [...(isWhole ? [{ number: "#" }] : []), "At", "What", "Cause"],
  rows: entries.shown.map((entry) => ledgerRow(entry, names, isWhole)),
  empty: subject === "" ? "Nothing has happened yet." : "Nothing has such a subject.",
  note: pager(entries, slice, "/ledger", subject === "" ? {} : { subject }),
})}`;
}

function ledgerRow(entry: LedgerEntry, names: Names, isWhole: boolean): Row {
  const repository = names.get(keyOf(entry.subject) ?? "");
  const told = say(isWhole || entry.transition !== "moved" ? entry : withoutUsers(entry));
  const subject = html`<a href="${hrefOf.ledger(entry.subject)}">${pathText(shortHex(named(entry.subject, repository)))}</a>`;
  return [
    ...(isWhole ? [String(entry.sequence)] : []),
    time(entry.at, true),
    html`<span class="${told.tone ?? ""}">${foreign(shortDigest(told.what))}</span>${under(subject)}`,
    html`<span class="why">${pathText(shortHex(named(entry.cause, repository)))}</span>`,
  ];
}

/** Enough of every long number in it to tell it from another by eye. */
function shortHex(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{20,52}\b/g, "$1…");
}

/** How many use an image is not for who may not read all of them. */
function withoutUsers(entry: LedgerEntry): LedgerEntry {
  const { users: _, ...data } = entry.data;
  return { ...entry, data };
}
