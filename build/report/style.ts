/** The page's looks: paper and ink, or their negative; colour is for groups of files and for what can be spared. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #15161a);
  --ink: light-dark(#1d1c1a, #eceae4);
  --soft: light-dark(#66625a, #a09c92);
  --line: light-dark(#e4e0d8, #2e3038);
  --ember: light-dark(#b8470b, #ff9a4d);
  --good: light-dark(#1c7048, #6fd3a0);
  --fill: 86%;
  --strong: 64%;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, monospace;
  font: 15px/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  background: var(--paper);
  color: var(--ink);
}
@media (prefers-color-scheme: dark) { :root { --fill: 40%; --strong: 68% } }
[data-group='pictures'] { --hue: 58 }
[data-group='drawings'] { --hue: 88 }
[data-group='scripts'] { --hue: 255 }
[data-group='styles'] { --hue: 300 }
[data-group='fonts'] { --hue: 350 }
[data-group='sound'] { --hue: 160 }
[data-group='video'] { --hue: 190 }
[data-group='models'] { --hue: 225 }
[data-group='documents'] { --hue: 118 }
[data-group='data'] { --hue: 30 }
[data-group='maps'] { --hue: 275 }
* { box-sizing: border-box }
body { margin: 0; padding: 0 clamp(16px, 4vw, 48px) 96px }
header, main { max-width: 1160px; margin: 0 auto }
section { margin-top: 72px }
h1, h2, h3, p, ol, ul, figure { margin: 0; padding: 0 }
ol, ul { list-style: none }
h1 { max-width: 20ch; font-size: clamp(34px, 5.4vw, 64px); font-weight: 650; line-height: 1.06; letter-spacing: -0.025em; text-wrap: balance }
h1 em { font-style: normal; color: var(--ember) }
h2 { font-size: 24px; font-weight: 650; line-height: 1.2; letter-spacing: -0.012em }
code { font: 0.9em var(--mono); overflow-wrap: anywhere }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 3px }
.note { margin: 6px 0 20px; max-width: 76ch; text-wrap: pretty; color: var(--soft) }
.number { text-align: right; white-space: nowrap }
:focus-visible { outline: 2px solid var(--ember); outline-offset: 2px }

.mark { display: flex; align-items: center; gap: 8px; padding: 22px 0 56px; font-weight: 650 }
.mark svg { width: 20px; color: var(--ember) }
.mark span { margin-left: auto; font: 13px var(--mono); color: var(--soft) }
.lead { margin: 18px 0 36px; font-size: 18px; color: var(--soft) }
.scale p { display: grid; grid-template-columns: 72px 1fr; align-items: center; gap: 2px 12px; margin-top: 8px }
.scale p > b { grid-column: 2; display: none }
.scale p > span:first-child { color: var(--soft) }
.stack { display: flex; gap: 2px; width: calc(var(--of) * 1%); height: 34px }
.stack i { flex: 1 1 0; min-width: 1px; background: oklch(var(--strong) 0.13 var(--hue)) }
.stack i:first-child { border-radius: 4px 0 0 4px }
.stack i:last-child { border-radius: 0 4px 4px 0 }
.legend { display: flex; flex-wrap: wrap; gap: 6px 24px; margin: 18px 0 20px; font-size: 14px; color: var(--soft) }
.legend b { font-weight: 600; color: var(--ink) }
.legend i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; background: oklch(var(--strong) 0.13 var(--hue)) }

details > summary { width: fit-content; padding: 6px 0; color: var(--soft); cursor: pointer }
details > summary:hover { color: var(--ink) }
details > summary span { margin-left: 8px; font-size: 13px }
.plain td { padding: 2px 24px 2px 0 }

.warnings { padding-top: 20px; border-top: 2px solid var(--ember) }
.warnings h2 { margin-bottom: 8px; color: var(--ember) }
.warnings li { margin-top: 4px }
.warnings ul + p { margin-top: 12px }

.findings > li { display: grid; grid-template-columns: 168px 1fr; gap: 4px 32px; padding: 18px 0; border-top: 1px solid var(--line) }
.findings .cost { position: relative; align-self: start; padding-bottom: 10px }
.cost b { font-size: 22px; font-weight: 650; letter-spacing: -0.01em }
.cost span { float: right; padding-top: 8px; font-size: 13px; color: var(--soft) }
.cost i { position: absolute; left: 0; bottom: 0; width: calc(max(var(--of) * 1%, 2px)); height: 4px; border-radius: 2px; background: var(--ember) }
.worst .cost b { font-size: 34px }
.findings h3 { font-size: 15px; font-weight: 600 }
.findings h3 span { margin-left: 6px; font-weight: 400; font-size: 13px; color: var(--soft) }
.findings p { max-width: 74ch; overflow-wrap: anywhere }
.findings .way { margin-top: 6px; color: var(--good) }

.waterfall { --name: 220px; --size: 76px; margin-bottom: 36px }
.waterfall figcaption { margin-bottom: 10px; font-size: 16px }
.axis { position: relative; height: 18px; margin: 0 var(--size) 0 var(--name); font-size: 12px; color: var(--soft) }
.axis span { position: absolute; left: calc(var(--at) * 1%); translate: -50%; white-space: nowrap }
.waterfall ol { position: relative; padding: 4px 0; border-block: 1px solid var(--line) }
.waterfall ol::after { content: ''; position: absolute; inset-block: 0; left: calc(var(--name) + (100% - var(--name) - var(--size)) * var(--paint) / 100); width: 2px; background: var(--ember) }
.waterfall li { display: grid; grid-template-columns: var(--name) 1fr var(--size); align-items: center; height: 26px; font-size: 13px }
.waterfall .name { padding-right: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: 12px var(--mono) }
.waterfall li:not(.holds) .name { color: var(--soft) }
.waterfall .track { position: relative; height: 14px }
.waterfall .track i { position: absolute; inset-block: 0; left: calc(var(--from) * 1%); width: calc(max((var(--to) - var(--from)) * 1%, 2px)); background: oklch(var(--strong) 0.13 var(--hue)) }
.waterfall .track .wait { inset-block: 5px; opacity: 0.32 }
.waterfall .number { font-size: 12px; color: var(--soft) }

.map { position: relative; aspect-ratio: 1160 / 600 }
.map > * { position: absolute; left: calc(var(--x) * 1%); top: calc(var(--y) * 1%); width: calc(var(--w) * 1%); height: calc(var(--h) * 1%); overflow: hidden }
.map h3 { padding: 2px 3px; font-size: 12px; font-weight: 600; line-height: 18px; white-space: nowrap; text-overflow: ellipsis; overflow: hidden }
.map h3 span { font-weight: 400; color: var(--soft) }
.map .folder h3 { font: 11px/18px var(--mono); color: var(--soft) }
.map .mute h3 { display: none }
.map .cell { container-type: size; border: 1px solid var(--paper); background: oklch(var(--fill) 0.075 var(--hue)); color: var(--ink); font: 11px/1.3 var(--mono) }
.map .cell:hover { background: oklch(var(--strong) 0.13 var(--hue)) }
.map .cell span { display: block; padding: 0 5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.map .cell span:first-child { padding-top: 4px }
@container (height < 22px) or (width < 46px) { .map .cell span { display: none } }
@container (height < 38px) { .map .cell span + span { display: none } }
#shipped output { display: block; min-height: 1.5em; color: var(--ink); overflow-wrap: anywhere }

.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 28px 20px; margin-bottom: 24px }
.pair { min-width: 0; content-visibility: auto; contain-intrinsic-size: auto 300px }
.compare { --at: 50; position: relative; height: 224px; overflow: hidden; border-radius: 6px; background: light-dark(#efece5, #22242b) }
.compare.alpha { background: repeating-conic-gradient(light-dark(#efece5, #22242b) 0 25%, light-dark(#fbfaf8, #2a2d35) 0 50%) 0 0 / 20px 20px }
.compare img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; font-size: 12px }
.compare.pixels img { image-rendering: pixelated }
.compare img + img { clip-path: inset(0 0 0 calc(var(--at) * 1%)) }
.compare img:first-child:not(:nth-last-child(2)) { clip-path: inset(0 calc(100% - var(--at) * 1%) 0 0) }
.compare::after { content: ''; position: absolute; inset-block: 0; left: calc(var(--at) * 1%); width: 2px; translate: -50%; background: var(--ember); pointer-events: none }
.compare::before { content: ''; position: absolute; z-index: 1; top: 50%; left: calc(var(--at) * 1%); width: 26px; height: 26px; translate: -50% -50%; border: 2px solid var(--ember); border-radius: 50%; background: var(--paper) linear-gradient(var(--ember) 0 0) 50% / 2px 10px no-repeat; pointer-events: none }
.compare:not(:has(img + img))::before, .compare:not(:has(img + img))::after, .compare:not(:has(img + img)) input { display: none }
.compare input { position: absolute; z-index: 1; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; touch-action: pan-y }
.compare:has(:focus-visible) { outline: 2px solid var(--ember); outline-offset: 2px }
.pair figcaption { display: grid; gap: 2px; padding-top: 10px; font-size: 14px }
.pair figcaption a { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: 13px var(--mono); text-decoration: none }
.pair figcaption a:hover { text-decoration: underline }
.pair b { font-weight: 600 }
.pair em { margin-left: 6px; font-style: normal; font-weight: 600; color: var(--good) }
.pair small { font-size: 13px; color: var(--soft) }

.scroll { overflow-x: auto }
.sortable { width: 100%; border-collapse: collapse; font-size: 14px }
.sortable th { position: sticky; top: 0; padding: 0; background: var(--paper); font-weight: 600; text-align: left; white-space: nowrap }
.sortable th.number { text-align: right }
.sortable th button { width: 100%; border: 0; background: none; color: var(--soft); font: inherit; text-align: inherit; cursor: pointer }
.sortable th button:hover, .sortable th[aria-sort] button { color: var(--ink) }
.sortable th[aria-sort='descending'] button::after { content: ' ↓' }
.sortable th[aria-sort='ascending'] button::after { content: ' ↑' }
.sortable td, .sortable th button { padding: 6px 10px }
.sortable tr > :first-child, .sortable tr > :first-child button { padding-left: 0 }
.sortable tr > :last-child, .sortable tr > :last-child button { padding-right: 0 }
.sortable td { border-top: 1px solid var(--line); overflow-wrap: anywhere }
.sortable td.number { overflow-wrap: normal }
.sortable td:first-child { min-width: 120px; font: 13px var(--mono) }
.source { color: var(--soft); font-family: system-ui, sans-serif }
.names { columns: 320px; font-size: 13px; color: var(--soft) }
.names li { break-inside: avoid; padding: 1px 0 }
.names code { color: var(--ink) }

@media (max-width: 640px) {
  section { margin-top: 52px }
  .mark { padding-bottom: 32px }
  .lead { font-size: 16px; margin-bottom: 24px }
  .scale p { grid-template-columns: 1fr auto }
  .scale p > b { display: block; grid-column: auto; font-weight: 600 }
  .scale .stack { grid-row: 2; grid-column: 1 / -1; height: 24px }
  .findings > li { grid-template-columns: 1fr }
  .waterfall { --name: 108px; --size: 62px }
  .axis span:not(:nth-child(3n + 1)) { display: none }
  #shipped output { min-height: 3em }
  .map { aspect-ratio: 328 / 560 }
  .map .mute h3 { display: block }
  .map .mute-tall h3 { display: none }
  .map > * { left: calc(var(--tx) * 1%); top: calc(var(--ty) * 1%); width: calc(var(--tw) * 1%); height: calc(var(--th) * 1%) }
  .sortable { font-size: 13px }
  .sortable td, .sortable th button { padding: 6px 5px }
  .sortable .minor { display: none }
}
`
