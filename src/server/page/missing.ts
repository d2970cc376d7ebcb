import { html } from "hono/html";
import type { Html } from "./html.ts";

/** The same for what is not there and for what the viewer may not read. */
export function missingPage(): Html {
  return html`<h1>Not found</h1>
<p class="lead">There is nothing here that you may read. Names move: <a href="/search">search for it</a>, or go back to the <a href="/">overview</a>.</p>`;
}
