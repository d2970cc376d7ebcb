import { html } from "hono/html";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { foreign, type Html, shortDigest, time } from "./html.ts";
import type { Names } from "./lists.ts";
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

/** What Oakum did and saw, newest first. */
export function ledgerPage({ entries, slice, subject, names, isWhole }: LedgerView): Html {
  return html`<h1>Ledger</h1>
<p class="lead">What Oakum saw and did, newest first. ${isWhole ? html`<code>oakum ledger verify</code> checks that nothing was changed.` : "Of the repositories that you may read."}</p>
<form class="search" action="/ledger" method="get">
<label class="hidden" for="subject">Only subjects that begin with</label>
<input id="subject" name="subject" value="${subject}" maxlength="300" placeholder="pull:, image:docker.io/…" autocomplete="off" spellcheck="false"><button>Filter</button></form>
${section({
  title: subject === "" ? "Everything" : "Chosen",
  columns: [...(isWhole ? ["#"] : []), "At", "Subject", "What", "Cause"],
  rows: entries.shown.map((entry) => ledgerRow(entry, names, isWhole)),
  empty: subject === "" ? "Nothing has happened yet." : "Nothing has such a subject.",
  note: pager(entries, slice, "/ledger", subject === "" ? {} : { subject }),
})}`;
}

function ledgerRow(entry: LedgerEntry, names: Names, isWhole: boolean): Row {
  const repository = names.get(keyOf(entry.subject) ?? "");
  return [
    ...(isWhole ? [String(entry.sequence)] : []),
    time(entry.at),
    foreign(named(entry.subject, repository)),
    foreign(shortDigest(isWhole || entry.transition !== "moved" ? say(entry).what : say(withoutUsers(entry)).what)),
    foreign(named(entry.cause, repository)),
  ];
}

/** How many use an image is not for who may not read all of them. */
function withoutUsers(entry: LedgerEntry): LedgerEntry {
  const { users: _, ...data } = entry.data;
  return { ...entry, data };
}
