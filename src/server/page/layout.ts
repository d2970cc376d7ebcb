import { html } from "hono/html";
import manifest from "../../../package.json" with { type: "json" };
import { plainText } from "../../core/text/plain-text.ts";
import type { Cell, Html } from "./html.ts";

/** What stands around every page. */
export interface Frame {
  /** The path that is shown, by which the navigation says where one is. */
  readonly path: string;
  /** What was searched for. */
  readonly query?: string;
  /** Who is logged in; absent where nobody has to. */
  readonly login?: string;
  /** Lets a form of ours be told from somebody else's. */
  readonly formToken?: string;
  /** What everyone who looks should know first, such as that Oakum is paused. */
  readonly notices?: readonly string[];
}

const PLACES: readonly (readonly [path: string, name: string])[] = [
  ["/", "Overview"],
  ["/repositories", "Repositories"],
  ["/images", "Images"],
  ["/pulls", "Pull requests"],
  ["/rollouts", "Rollouts"],
  ["/ledger", "Ledger"],
];

/** A whole page. `title` may hold what others wrote. */
export function layout(frame: Frame, title: string, body: Cell): Html {
  const { query = "", login, formToken = "", notices = [] } = frame;
  return document(
    title,
    html`<nav aria-label="Pages"><ul>${PLACES.map(([path, name]) => place(frame, path, name))}</ul></nav>
<form class="search" role="search" action="/search" method="get">
<label class="hidden" for="q">Search repositories, images and vulnerabilities</label>
<input id="q" name="q" type="search" value="${query}" maxlength="200" placeholder="Repository, image or CVE" autocomplete="off" spellcheck="false">
<button>Search</button>
</form>
${login === undefined ? "" : leave(login, formToken)}`,
    html`${notices.map((notice) => html`<p class="notice" role="status"><bdi>${notice}</bdi></p>`)}
${body}`,
    html`<footer>Oakum ${manifest.version} · Times are in UTC.</footer>`,
  );
}

/** A page for who is not logged in. */
export function bare(title: string, body: Cell): Html {
  return document(title, "", body);
}

function document(title: string, around: Cell, body: Cell, foot: Cell = ""): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title === "Overview" ? "Oakum" : `${plainText(title, 100)} · Oakum`}</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">Oakum</a>
${around}
</header>
<main id="main" tabindex="-1">
${body}
</main>
${foot}
</body>
</html>`;
}

function place({ path: shown }: Frame, path: string, name: string): Html {
  const isHere = shown === path || (path !== "/" && shown.startsWith(`${path}/`));
  return html`<li><a href="${path}" ${isHere ? html`aria-current="page"` : ""}>${name}</a></li>`;
}

function leave(login: string, token: string): Html {
  return html`<form class="leave" action="/logout" method="post">
<input type="hidden" name="token" value="${token}"><span><bdi>${login}</bdi></span> <button>Log out</button></form>`;
}
