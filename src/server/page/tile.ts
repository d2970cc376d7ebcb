import { html } from "hono/html";
import type { Html } from "./html.ts";

export interface Tile {
  /** The class that gives it its colour. */
  readonly tone: string;
  readonly name: string;
  readonly number: number;
  /** What the number counts. */
  readonly words: string;
  readonly href: string;
  readonly isChosen?: boolean;
}

/** A number that one sees from afar, and what is behind it. One with nothing in it keeps quiet. */
export function tile({ tone, name, number, words, href, isChosen = false }: Tile): Html {
  return html`<li class="${number === 0 ? "quiet" : tone}"><a href="${href}"${isChosen ? html` aria-current="true"` : ""}><span class="name">${name}</span>
<span class="big">${number.toLocaleString("en")}</span> ${words}</a></li>`;
}
