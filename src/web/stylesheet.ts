/**
 * The one stylesheet of all pages: light and dark as the system says, readable on a phone, no font or picture loaded.
 *
 * | class              | for                                                                             |
 * |--------------------|---------------------------------------------------------------------------------|
 * | `.card`            | the box that holds a page's content                                             |
 * | `.host`            | the name of a host that decides something, large, never cut                     |
 * | `.warning`         | a paragraph that must be read first                                             |
 * | `.scopes`          | a list of what is asked for                                                     |
 * | `.field`           | a label with its input                                                          |
 * | `button.primary`   | what the page is for; a plain `button` is its alternative                       |
 * | `.actions`         | a row of buttons                                                                |
 * | `.muted`           | small print                                                                     |
 * | `.document`        | a document's page, wider; `.origin` where it comes from, `.text` its text, `mark` the passage |
 * | `mark`, `pre code` | text to compare; text to copy, selected by one click                            |
 */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --sheet: #ffffff; --line: #d5d9e0; --text: #1b1f27; --soft: #555d6b;
  --accent: #1f5fbf; --on-accent: #ffffff; --alert: #7a3b00; --alert-ground: #fff3e0; --alert-line: #e0963c;
  --mark: #eaf0fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --sheet: #1d2128; --line: #3a414d; --text: #e8eaee; --soft: #a9b0bd;
    --accent: #8ab4f8; --on-accent: #10151d; --alert: #ffd7a3; --alert-ground: #3a2a14; --alert-line: #b0772f;
    --mark: #2a3342;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; padding: 1rem; min-height: 100vh; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 34rem; margin: 0 auto; padding-top: min(8vh, 4rem); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 1.75rem 0 0.5rem; }
h3 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 0.5rem; }
p, ul, ol, pre { margin: 0 0 1rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.card {
  background: var(--sheet); border: 1px solid var(--line); border-radius: 0.75rem;
  padding: clamp(1.1rem, 5vw, 2rem); margin-bottom: 1rem;
}
.card > :last-child, .warning > :last-child { margin-bottom: 0; }
.host { display: block; font-size: 1.35rem; font-weight: 600; line-height: 1.3; }
.warning {
  background: var(--alert-ground); color: var(--alert); border: 1px solid var(--alert-line);
  border-inline-start-width: 0.35rem; border-radius: 0.5rem; padding: 0.75rem 1rem;
}
.scopes { padding-inline-start: 1.25rem; }
.scopes li { margin-bottom: 0.35rem; }
.muted { color: var(--soft); font-size: 0.9rem; }
mark, code { background: var(--mark); color: inherit; border-radius: 0.3rem; padding: 0.1em 0.3em; }
code, pre, mark { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: 0.95em; }
pre {
  background: var(--mark); border-radius: 0.5rem; padding: 0.75rem 1rem;
  white-space: pre-wrap;
}
pre > code { background: none; padding: 0; user-select: all; -webkit-user-select: all; }
main:has(.document) { max-width: 46rem; }
.document .origin { color: var(--soft); font-size: 0.9rem; }
.document mark { font: inherit; background: var(--alert-ground); padding: 0; scroll-margin-top: 1rem; }
.document :is(th, td) { overflow-wrap: break-word; }
.document .text :is(h2, h3, h4, h5, h6) { margin: 1.25rem 0 0.5rem; }
.document .text > :last-child { margin-bottom: 0; }
.document .text { font: inherit; overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); padding: 1rem; }
.field { display: block; margin: 0 0 1rem; }
label { font-weight: 600; }
input:not([type="hidden"], [type="checkbox"], [type="radio"]) {
  display: block; width: 100%; margin-top: 0.3rem; padding: 0.65rem 0.75rem; font: inherit;
  color: var(--text); background: var(--ground); border: 1px solid var(--soft); border-radius: 0.5rem;
}
.card form { margin-bottom: 1.25rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button {
  font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.6rem 1.25rem; cursor: pointer;
  color: var(--text); background: transparent; border: 1px solid var(--soft); border-radius: 0.5rem;
}
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
@media (max-width: 30rem) { button { width: 100%; } }
@media print { body { background: none; } .card { border: 0; padding: 0; } }
`
