/** The page's style sheet: in the colours of whoever looks, light or dark, without a script. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2024, #e6e9ec);
  --faint: light-dark(#596068, #a2abb4);
  --paper: light-dark(#ffffff, #15181b);
  --line: light-dark(#d9dee3, #353b41);
  --good: light-dark(#14692f, #7ddb98);
  --bad: light-dark(#a61b1b, #ff9d94);
  --wait: light-dark(#7a4b00, #f0c060);
  --link: light-dark(#0b57a4, #8ec5ff);
}
body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
header p, time { color: var(--faint); }
a { color: var(--link); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th, time, .badge { white-space: nowrap; }
.badge { font-weight: 600; }
.badge:is(.current, .pass, .merged, .confirmed) { color: var(--good); }
.badge:is(.fail, .failed, .rolled-back, .auth-failed) { color: var(--bad); }
.badge.open { color: var(--link); }
.badge:is(.held, .update, .waiting, .deploying, .soaking, .rolling-back) { color: var(--wait); }
@media (min-width: 45rem) {
  table { min-width: 44rem; }
  td { max-width: 28rem; overflow-wrap: break-word; }
  td:first-child, td:has(> .badge:only-child), td[data-column="Transition"] { white-space: nowrap; }
  td:last-child { min-width: 10rem; overflow-wrap: anywhere; }
}
@media (max-width: 44.99rem) {
  thead { position: absolute; display: block; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { display: block; position: relative; overflow-wrap: anywhere; padding: .0625rem 0 .0625rem 7rem; border: 0; }
  td::before { content: attr(data-column); position: absolute; left: 0; color: var(--faint); }
  td:empty { display: none; }
}
`;
