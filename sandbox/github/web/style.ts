/** Enough to read a pull request as one does on GitHub, light or dark. */
export const WEB_STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1f2328, #e6edf3);
  --faint: light-dark(#59636e, #9198a1);
  --paper: light-dark(#ffffff, #0d1117);
  --line: light-dark(#d1d9e0, #3d444d);
  --soft: light-dark(#f6f8fa, #151b23);
  --good: light-dark(#1a7f37, #3fb950);
  --bad: light-dark(#cf222e, #f85149);
  --done: light-dark(#8250df, #ab7df8);
}
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
a { color: light-dark(#0969da, #4493f8); }
h1 { font-size: 1.75rem; font-weight: 400; margin: .5rem 0; }
h2 { font-size: 1.125rem; }
article { padding: 1rem; border: 1px solid var(--line); border-radius: .375rem; font-size: .875rem; overflow-x: auto; }
table { border-collapse: collapse; margin: 0 0 1rem; }
th, td { padding: .375rem .8125rem; border: 1px solid var(--line); overflow-wrap: normal; }
code { padding: .2em .4em; border-radius: .375rem; background: var(--soft); font-size: .85em; }
blockquote { margin: 0 0 1rem; padding: 0 1rem; border-left: .25rem solid var(--bad); }
summary { cursor: pointer; }
details { margin: .5rem 0; }
ul { padding-left: 1.5rem; }
li:has(> input) { list-style: none; margin-left: -1.25rem; }
.faint { color: var(--faint); }
.label { padding: .125rem .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .75rem; }
.badge { font-weight: 600; color: var(--faint); }
.badge:is(.open, .success) { color: var(--good); }
.badge.failure { color: var(--bad); }
.badge.merged { color: var(--done); }
`;
