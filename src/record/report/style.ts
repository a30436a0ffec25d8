/** The look of a report: system fonts, dark and light by the reader's own setting, nothing from anywhere else. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1c1e21; --faint: #6a7079; --line: #e4e5e7; --card: #f5f5f3;
  --good: #157a47; --warning: #96600b; --bad: #b3382c; --dot: #a8adb4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --ink: #e6e7e9; --faint: #969ca6; --line: #2b2f36; --card: #1c1f25;
    --good: #4cc38a; --warning: #e0a94a; --bad: #f0786b; --dot: #5e6672;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
header p, .note, figcaption { color: var(--faint); font-size: .875rem; margin: .4rem 0; }
h1 { font-size: 1rem; font-weight: 600; margin: 0; color: var(--faint); }
.headline { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -.012em; margin: .5rem 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.125rem; font-weight: 650; margin: 2.75rem 0 .75rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; }
.figures > div { background: var(--card); border-radius: .6rem; padding: .85rem 1rem; }
.figures dt { color: var(--faint); font-size: .8125rem; }
.figures dd { margin: .1rem 0 0; }
.figures .value { font-size: 1.375rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures .small { color: var(--faint); font-size: .8125rem; line-height: 1.4; }
figure { margin: 1.5rem 0 0; }
svg.chart { width: 100%; height: auto; display: block; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.chart text { fill: var(--faint); font-variant-numeric: tabular-nums; }
.chart .keep-label { fill: var(--good); font-weight: 600; font-size: 11px; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.chart .best-label { fill: var(--good); font-weight: 650; font-size: 13px; }
.chart .grid { stroke: var(--line); }
.chart .axis { stroke: var(--line); stroke-width: 1.5; }
.chart .baseline { stroke: var(--faint); stroke-dasharray: 2 4; }
.chart .best { fill: none; stroke: var(--good); stroke-width: 2; stroke-linejoin: round; }
.chart .keep { fill: var(--good); stroke: var(--paper); stroke-width: 1.5; }
.chart .now { fill: var(--good); stroke: var(--paper); stroke-width: 1.5; }
.chart .ring { fill: none; stroke: var(--good); stroke-width: 1.5; }
.chart .withdrawn { fill: var(--paper); stroke: var(--bad); stroke-width: 1.5; }
.chart .discard { fill: var(--dot); fill-opacity: .75; }
.chart .foretold { fill: none; stroke: var(--dot); }
.chart .broken { fill: none; stroke: var(--bad); stroke-opacity: .8; stroke-width: 1.3; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
.legend span { display: inline-flex; align-items: center; gap: .4rem; }
.legend svg { width: 18px; height: 18px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0 1rem; }
th { text-align: left; font-weight: 500; font-size: .8125rem; color: var(--faint); white-space: nowrap; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.nowrap { white-space: nowrap; overflow-wrap: normal; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
li { margin: .2rem 0; overflow-wrap: anywhere; }
p { overflow-wrap: anywhere; }
code { font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.good { color: var(--good); } .warning { color: var(--warning); } .bad { color: var(--bad); } .faint { color: var(--faint); }
@media print { main { max-width: none; padding: 0; } .figures > div { border: 1px solid var(--line); } h2 { break-after: avoid; } tr, figure { break-inside: avoid; } }
`;
