/** The look of the status page: the system's own fonts and colours, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dce1, #3a3f47); --soft: light-dark(#f6f7f9, #1e2126);
  --note: light-dark(#5c6370, #9aa2b1); --good: light-dark(#1a7f37, #57c878); --bad: light-dark(#c02626, #ff7b72);
  --warn: light-dark(#946200, #e3b341); --unsure: light-dark(#6639ba, #b794f6); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1rem 1.5rem 3rem; font: 15px/1.45 system-ui, sans-serif;
  background: light-dark(#fff, #16181c); color: light-dark(#1c1f24, #e4e7ec); }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: .5rem 0; }
h2 { font-size: 1.5rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
nav { display: flex; gap: 1rem; }
a { color: light-dark(#0a58ca, #79b8ff); }
ul { list-style: none; margin: .5rem 0; padding: 0; }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; font-variant-numeric: tabular-nums; }
.counts .none { opacity: .45; }
.findings li { border-left: 4px solid var(--line); background: var(--soft); margin: .25rem 0; padding: .3rem .7rem; overflow-wrap: anywhere; }
.findings .critical { border-color: var(--bad); }
.findings .unknown { border-color: var(--unsure); }
.findings .warning { border-color: var(--warn); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; }
th { background: var(--soft); font-weight: 600; font-size: .85rem; color: var(--note); white-space: nowrap; }
tr + tr td { border-top: 1px solid var(--line); }
td b { overflow-wrap: anywhere; }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere; }
time, .line { white-space: nowrap; }
.note, footer { color: var(--note); font-size: .88rem; }
.note { margin: .4rem 0; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .7rem; }
.badge { --tone: var(--note); display: inline-block; border: 1px solid var(--tone); color: var(--tone); border-radius: 99px;
  padding: 0 .55em; font-size: .8rem; font-weight: 600; line-height: 1.5; white-space: nowrap; vertical-align: middle; }
.same, .up, .running, .ok { --tone: var(--good); }
.drifted, .missing, .OUT, .stopped, .failed, .badge.critical { --tone: var(--bad); }
.suspect, .connecting, .badge.warning { --tone: var(--warn); }
.badge.unknown { --tone: var(--unsure); }
`
