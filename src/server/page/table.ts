import { html } from "hono/html";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import type { Cell, Html } from "./html.ts";

export type Row = readonly Cell[];

/** What stands above a column; `number`: it is read from the right. */
export type Column = string | { readonly number: string };

/** A table under a heading; on a narrow screen each row is a list in which a cell knows its column. */
export function table(id: string, columns: readonly Column[], rows: readonly Row[]): Html {
  const name = (column: Column = "") => (typeof column === "string" ? column : column.number);
  const kind = (column: Column = "") => (typeof column === "string" ? "" : html` class="number"`);
  return html`<div class="scroll" role="group" aria-labelledby="${id}" tabindex="0"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${name(column)}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell, at) => html`<td data-column="${name(columns[at])}"${kind(columns[at])}><div>${cell}</div></td>`)}</tr>`)}</tbody></table></div>`;
}

export interface Section {
  readonly title: string;
  /** It is all that the page has, whose own heading says what it is: its title is for who listens only. */
  readonly isAlone?: boolean;
  readonly lead?: Cell;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** What is said where there is nothing. */
  readonly empty: Cell;
  readonly note?: Cell;
}

export function section({ title, isAlone = false, lead = "", columns, rows, empty, note = "" }: Section): Html {
  const id = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return html`<section aria-labelledby="${id}"><h2 id="${id}"${isAlone ? html` class="hidden"` : ""}>${title}</h2>
${lead}
${rows.length === 0 ? html`<p class="empty">${empty}</p>` : table(id, columns, rows)}
${note}</section>`;
}

/** Which part of a list is shown, and the ways to the parts before and after it. */
export function pager(
  { shown, total }: Listed<unknown>,
  { offset, limit }: Slice,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Cell {
  if (total <= limit && offset === 0) return "";
  const page = Math.floor(offset / limit) + 1;
  const to = (number: number) => `${path}?${new URLSearchParams({ ...query, page: String(number) })}`;
  const range =
    shown.length === 0
      ? "Nothing more."
      : `${(offset + 1).toLocaleString("en")} to ${(offset + shown.length).toLocaleString("en")} of ${total.toLocaleString("en")}`;
  return html`<nav class="pager" aria-label="Parts of this list"><span>${range}</span>
${page > 1 ? html`<a rel="prev" href="${to(page - 1)}">Previous</a>` : ""}
${offset + shown.length < total ? html`<a rel="next" href="${to(page + 1)}">Next</a>` : ""}</nav>`;
}

/** Says of a list that it is cut, and where all of it is. */
export function more({ shown, total }: Listed<unknown>, path: string): Cell {
  if (shown.length >= total) return "";
  return html`<p class="more"><a href="${path}">All ${total.toLocaleString("en")}</a></p>`;
}
