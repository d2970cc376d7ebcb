import { html } from "hono/html";
import type { Html } from "./html.ts";

export function loginPage(address: string): Html {
  return html`<h1>Oakum</h1>
<p class="lead">Shows each person what they may read on GitHub, and nothing else.</p>
<p><a class="button" href="${address}">Log in with GitHub</a></p>`;
}

export function deniedPage(why: string): Html {
  return html`<h1>Not logged in</h1><p class="lead">${why}</p><p><a class="button" href="/login">Try again</a></p>`;
}

export function loggedOutPage(): Html {
  return html`<h1>Logged out</h1><p><a class="button" href="/login">Log in with GitHub</a></p>`;
}
