import { html } from "hono/html";
import { sentence } from "../../core/reason.ts";
import type { ShownPlace } from "../../core/view/view.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { count, foreign, type Html, pathText, placeCell } from "./html.ts";
import { pager, type Row, section } from "./table.ts";

/** Places in files that could not be read, and why. */
export function unreadPage(list: Listed<ShownPlace>, slice: Slice): Html {
  return html`<h1>Could not be read</h1>
<p class="lead">${count(list.total, "place")} in files, by repository; of each the first fifty. What they name is not known, so it is in no count of uses.</p>${section(
    {
      ...{ title: "Places by repository", isAlone: true },
      columns: UNREAD_COLUMNS,
      rows: list.shown.map((place) => unreadRow(place, "anywhere")),
      empty: "Every file could be read.",
      note: pager(list, slice, "/unread"),
    },
  )}`;
}

export const UNREAD_COLUMNS = ["Where", "Why"] as const;

/** `isAt`: its repository is plain from the page. */
export function unreadRow(place: ShownPlace, isAt: "its repository" | "anywhere"): Row {
  const { repository, path, line, reason } = place;
  return [isAt === "anywhere" ? placeCell(repository, place) : pathText(`${path}:${line}`), foreign(sentence(reason))];
}
