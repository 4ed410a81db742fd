/** The colours and the page of the preview: close to Grafana's dark theme, and labelled as what it is. */

/** Those that our dashboards name. */
export const COLORS: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  'light-blue': '#8ab8ff',
  text: '#ccccdc',
}

/** For series, in order. */
export const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#705da0',
  '#37872d',
  '#fade2a',
]

export const PAGE_WIDTH = 1480
export const CELL_HEIGHT = 30
export const GAP = 8

export const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { width: ${PAGE_WIDTH}px; padding: 14px 16px 18px; background: #111217; color: #ccccdc; font: 13px/1.35 Inter, system-ui, sans-serif; }
header { display: flex; align-items: baseline; gap: 16px; margin-bottom: 12px; }
h1 { font-size: 19px; font-weight: 500; color: #fff; }
header > * { white-space: nowrap; }
header span { color: #8e8ea0; }
header .note { margin-left: auto; border: 1px solid #34343b; border-radius: 3px; padding: 3px 9px; color: #ccccdc; }
.grid { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: ${CELL_HEIGHT}px; gap: ${GAP}px; }
.row { align-self: center; font-size: 15px; font-weight: 500; color: #fff; }
.panel { display: flex; flex-direction: column; min-width: 0; overflow: hidden; background: #181b1f; border: 1px solid #25262c; border-radius: 3px; }
h2 { padding: 7px 10px 5px; font-size: 13px; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.stats { flex: 1; display: flex; gap: 5px; padding: 0 6px 6px; }
.stat { flex: 1; display: flex; flex-direction: column; align-items: center; justify-content: center; border-radius: 3px; color: #fff; text-align: center; line-height: 1.15; }
.stat b { font-weight: 500; }
.stat small { font-size: 13px; }
.empty { flex: 1; display: flex; align-items: center; justify-content: center; color: #8e8ea0; }
table { width: 100%; border-collapse: collapse; font-size: 12.5px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 10px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
th { color: #8e8ea0; font-weight: 500; border-bottom: 1px solid #25262c; }
td { border-bottom: 1px solid #202226; }
.legend { margin: auto 0 4px; }
.legend td, .legend th { padding: 1px 10px; border: 0; font-size: 12px; }
.legend .number { text-align: right; width: 90px; }
.legend i { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin-right: 7px; vertical-align: middle; }
svg { display: block; font-family: inherit; }
`
