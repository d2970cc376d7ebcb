import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

/** What the start page sends to GitHub. */
export interface ManifestForm {
  /** GitHub's form for a new App, with the state. */
  readonly action: string;
  /** JSON. */
  readonly manifest: string;
}

/** A page that sends the manifest by itself, and by a button where no script runs. */
export function startPage({ action, manifest }: ManifestForm, nonce: string): Html {
  const { origin } = new URL(action);
  return page(
    "Register Oakum",
    html`<p>The App's name, permissions and webhook address go to <b>${origin}</b>, which asks you before it registers anything.</p>
<form id="manifest" method="post" action="${action}">
<input type="hidden" name="manifest" value="${manifest}">
<button>Go on to ${origin}</button>
</form>
<script nonce="${nonce}">document.getElementById("manifest").submit()</script>`,
  );
}

export function donePage(): Html {
  return page(
    "The App is registered",
    html`<p>Its secrets are on the machine where you ran <code>oakum setup</code>.
The terminal there says what comes next; this page can be closed.</p>`,
  );
}

export function failedPage(): Html {
  return page("It did not work", html`<p>The terminal in which you ran <code>oakum setup</code> says why.</p>`);
}

export function shownPage(): Html {
  return page(
    "Shown already",
    html`<p>This page is shown once. If it was you who opened it, go on in the window where you did. If it was not, do not register
anything: end <code>oakum setup</code> in the terminal and run it again.</p>`,
  );
}

export function refusedPage(): Html {
  return page(
    "Not an answer of GitHub's",
    html`<p>This is not what <code>oakum setup</code> asked for, so nothing was done.
It still waits for your browser to come back from GitHub.</p>`,
  );
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 36rem; padding: 12vh 1.25rem 2rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; }
button { font: inherit; font-weight: 600; padding: .5rem 1rem; border: 1px solid light-dark(#8a939c, #67717b); border-radius: .375rem; cursor: pointer; }
`;

/** What a policy for these pages says of their style: this one, and no other. */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>`;
}
