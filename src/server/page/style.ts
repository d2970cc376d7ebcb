/** The page's style sheet: in the colours of whoever looks, light or dark, without a script. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1a1f24, #e7eaed);
  --faint: light-dark(#58616a, #a5aeb7);
  --paper: light-dark(#ffffff, #14171a);
  --raised: light-dark(#f5f7f9, #1c2126);
  --line: light-dark(#dde2e7, #31383f);
  --good: light-dark(#14692f, #7ddb98);
  --bad: light-dark(#a61b1b, #ff9d94);
  --wait: light-dark(#7a4b00, #f0c060);
  --link: light-dark(#0b57a4, #8ec5ff);
  --brand: light-dark(#0d3b4f, #9fd7e8);
  --exploited: light-dark(#8e1150, #ff9ad0);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 0 1.25rem 4rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { margin: 1.75rem 0 .25rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.0625rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
code, .mono { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
time, .num { font-variant-numeric: tabular-nums; }
.lead, time, .why, .empty, .more, .pager, .under, footer { color: var(--faint); }
.lead { margin: 0 0 .5rem; max-width: 60rem; }
.under { display: block; font-size: .8125rem; }
.under a { color: inherit; }
.choices { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 1.25rem; }
.choices a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; border-bottom: 2px solid var(--brand); }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .8125rem; }
td .good { color: var(--good); }
td .bad { color: var(--bad); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .5rem; z-index: 1; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .75rem 0; border-bottom: 1px solid var(--line); }
.brand { font-size: 1.125rem; font-weight: 700; letter-spacing: -.01em; color: var(--brand); text-decoration: none; }
.top nav { flex: 1 1 auto; }
.top ul { display: flex; flex-wrap: wrap; gap: 0 1.125rem; margin: 0; padding: 0; list-style: none; }
.top li a { display: block; padding: .25rem 0; color: var(--faint); text-decoration: none; border-bottom: 2px solid transparent; }
.top li a:hover { color: var(--ink); }
.top li a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--brand); }
.search { display: flex; gap: .375rem; flex: 0 1 21rem; }
.leave { display: flex; align-items: center; gap: .5rem; font-size: .875rem; color: var(--faint); }
input, button { font: inherit; font-size: .875rem; color: inherit; background: var(--paper); border: 1px solid light-dark(#8a939c, #67717b); border-radius: .375rem; padding: .3125rem .625rem; min-width: 0; }
input { flex: 1; }
input::placeholder { color: var(--faint); opacity: 1; }
button, .button { background: var(--raised); cursor: pointer; }
.button { display: inline-block; padding: .5rem 1rem; border: 1px solid light-dark(#8a939c, #67717b); border-radius: .375rem; text-decoration: none; font-weight: 600; }
.notice { max-width: none; margin: 1rem 0 0; padding: .625rem .875rem; border: 1px solid var(--wait); border-radius: .5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { padding: .75rem .875rem; background: var(--raised); border: 1px solid var(--line); border-top: 3px solid var(--tone, var(--line)); border-radius: .5rem; font-size: .875rem; color: var(--faint); }
.tiles a { display: block; margin: -.75rem -.875rem; padding: .75rem .875rem; color: inherit; text-decoration: none; }
.tiles .quiet { background: none; }
.tiles .quiet :is(.name, .big) { color: var(--faint); font-weight: 400; }
.tiles a[aria-current] .name { text-decoration: underline; }
.tiles a:hover .name { text-decoration: underline; }
.tiles .name { display: block; font-weight: 600; color: var(--tone, var(--ink)); }
.tiles .big { display: block; font-size: 1.75rem; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; letter-spacing: -.02em; color: var(--ink); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1rem 0; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.number { text-align: end; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th { padding-block: .375rem; font-weight: 600; color: var(--faint); white-space: nowrap; }
tbody tr:hover { background: var(--raised); }
.badge, .chip { font-weight: 600; white-space: nowrap; }
.badge:is(.current, .pass, .merged, .confirmed, .not-affected) { color: var(--good); }
.badge:is(.fail, .failed, .rolled-back, .auth-failed, .no-fix) { color: var(--bad); }
.badge:is(.open, .fix-ready) { color: var(--link); }
.badge:is(.exposed, .held, .update, .unknown, .waiting, .deploying, .soaking, .rolling-back) { color: var(--wait); }
.known-exploited { --tone: var(--exploited); }
.critical { --tone: var(--bad); }
.high { --tone: var(--wait); }
.normal { --tone: var(--link); }
.unknown { --tone: var(--faint); }
.none { --tone: var(--good); }
.chip { color: var(--tone); }
.chip::before { content: ""; display: inline-block; width: .5em; height: .5em; margin-inline-end: .375em; border-radius: 50%; background: currentColor; vertical-align: .08em; }
.chip.unknown::before { background: none; border: 1.5px solid currentColor; }
.pager { display: flex; gap: 1rem; margin: .75rem 0; font-size: .875rem; }
.timeline { margin: 1rem 0; padding: 0; list-style: none; border-inline-start: 2px solid var(--line); }
.timeline li { position: relative; padding: 0 0 1rem 1.25rem; }
.timeline time { font-size: .875rem; line-height: 1.5rem; }
.timeline li::before { content: ""; position: absolute; inset-inline-start: -.375rem; top: .4375rem; width: .625rem; height: .625rem; border-radius: 50%; background: var(--paper); border: 2px solid var(--tone, var(--faint)); }
.timeline .good { --tone: var(--good); }
.timeline .bad { --tone: var(--bad); }
.timeline p { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 48rem) {
  td { min-width: 7.5rem; max-width: 30rem; overflow-wrap: anywhere; }
  td:first-child { min-width: 11rem; }
  td.number { min-width: 3rem; }
  .number:first-child { width: 3rem; }
  td time, td .badge { white-space: nowrap; }
  .timeline li { display: grid; grid-template-columns: 10rem 1fr; }
  .timeline li { padding-block-end: .5rem; }
  :is(th, td):last-child { padding-inline-end: 0; }
}
@media (max-width: 47.99rem) {
  body { padding-inline: 1rem; }
  .search { flex: 1 1 100%; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  thead { position: absolute; display: block; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .625rem 0; border-bottom: 1px solid var(--line); }
  td.number { text-align: start; }
  td { display: grid; grid-template-columns: 6.75rem 1fr; padding: .0625rem 0; border: 0; overflow-wrap: anywhere; }
  td::before { content: attr(data-column); color: var(--faint); }
  td:has(> div:empty) { display: none; }
}
`;

/** A seam between two planks. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0d3b4f"/><path d="M2 8h12" stroke="#e9c46a" stroke-width="3" stroke-dasharray="2.5 1"/></svg>`;
