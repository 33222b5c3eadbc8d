import type { Request, Response } from 'express'
import { send } from '../middleware/encode.ts'
import { allowInline } from '../middleware/headers.ts'
import { type Html, html, raw } from '../middleware/html.ts'

export interface InspectorPage {
  title: string
  body: Html
  /** Path of a script that adds to what is there already. */
  script?: string
  /** Rules of this page alone. */
  style?: string
  /** For a page that is seen before one may see the others. Default false. */
  alone?: boolean
}

/** The way from each page to all others. */
const PAGES = [
  ['/__timing__', 'Timing'],
  ['/__timing__/requests', 'Requests'],
  ['/__profile__', 'Profile'],
  ['/__memory__', 'Memory'],
  ['/__log__', 'Log'],
  ['/__events__', 'Events'],
] as const

/** Answers with one of the inspector's pages: small, whole, styled by itself, readable without scripts. */
export function document(req: Request, res: Response, page: InspectorPage): void {
  res.setHeader('Cache-Control', 'no-store')
  res.setHeader('X-Robots-Tag', 'noindex')
  const style = STYLE + (page.style ?? '')
  allowInline(res, { styles: [style] })
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
${page.script !== undefined && html`<script type="module" src="${page.script}"></script>`}
</head>
<body>${page.alone !== true && navigation(req.path)}<main>${page.body}</main></body>
</html>
`
  send(req, res, text, 'text/html; charset=utf-8')
}

function navigation(at: string): Html {
  // A request or a visit stands under the list it was found in.
  const list = at.startsWith('/__timing__/') ? '/__timing__/requests' : at
  return html`<nav class="pages" aria-label="Inspector">${PAGES.map(([path, name]) => html`<a href="${path}"${path === list && html` aria-current="page"`}>${name}</a>`)}</nav>`
}

const STYLE = `*{box-sizing:border-box}
body{margin:0;background:#10132a;color:#efe9dc;font:15px/1.5 system-ui,sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem clamp(.8rem,3vw,2.5rem) 4rem}
.pages{display:flex;flex-wrap:wrap;gap:.2rem;max-width:76rem;margin:0 auto;padding:.8rem clamp(.8rem,3vw,2.5rem) 0}
.pages a{padding:.3rem .75rem;border-radius:.6rem;color:#b9b6c9;text-decoration:none}.pages a:hover{color:#efe9dc;background:#1c2041}.pages [aria-current]{color:#efe9dc;background:#2b3060}
h1{font-size:1.6rem;margin:0 0 .2rem}
h2{font-size:1.05rem;margin:0;overflow-wrap:anywhere}
p{margin:.2rem 0 1.2rem;color:#b9b6c9}
a{color:#ffd27a}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.5rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0;list-style:none}
.figures li{padding:.7rem 1rem;border-radius:.8rem;background:#1c2041}
.figures b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums;line-height:1.2}
.figures span{color:#b9b6c9;font-size:.85rem}
.figures .bad b{color:#ff8f7f}
.routes{columns:30rem 2;column-gap:1rem}.routes article{break-inside:avoid;margin-bottom:1rem}
article{padding:1rem;border-radius:1rem;background:#181c3a;border:1px solid #2b3060}
article.wide{margin-top:1rem;overflow-x:auto}
article header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.2rem 1rem;margin-bottom:.6rem}
article header span{color:#b9b6c9;font-size:.85rem;font-variant-numeric:tabular-nums}
.bad{color:#ff8f7f!important}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.87rem}
caption{text-align:left;color:#b9b6c9;padding:.7rem 0 .2rem}
th{font-weight:500;text-align:right;color:#b9b6c9;padding:.15rem 0 .15rem .6rem}
th:first-child{text-align:left;padding-left:0;white-space:nowrap}
tbody th{color:#efe9dc}
td{text-align:right;padding:.15rem 0 .15rem .6rem;white-space:nowrap}
td.bar{width:38%;min-width:4rem}
td svg{display:block;width:100%;height:.9rem;border-radius:.25rem;background:#10132a}
.p99{fill:#4b3d78}.p95{fill:#b5663a}.p50{fill:#ffb45e}
.key{display:inline-block;width:.8em;height:.8em;border-radius:.2em;vertical-align:-.05em;margin:0 .3em 0 .8em}
.key.p50{background:#ffb45e}.key.p95{background:#b5663a}.key.p99{background:#4b3d78}
form{margin:1.5rem 0}
input,button{font:inherit;padding:.5rem .8rem;border-radius:.5rem;border:1px solid #555b94;background:#1c2041;color:inherit}
button{background:#ff9a3d;border-color:#ff9a3d;color:#2b1c12;font-weight:600}
fieldset{border:0;margin:0 0 .6rem;padding:0}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
summary{cursor:pointer}
.controls summary{margin-bottom:.3rem}
.controls{padding:1rem;border-radius:1rem;background:#181c3a;border:1px solid #2b3060}
.controls label{display:block;margin:.25rem 0}
.controls span{color:#b9b6c9;font-size:.87rem}
.controls div{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.8rem}
input[type=radio]{accent-color:#ff9a3d}
button.calm{background:#2b3060;border-color:#555b94;color:#efe9dc}
button:disabled{opacity:.5}
.on{color:#8fe388}.good{color:#8fe388}
.empty{padding:2rem;text-align:center;border:1px dashed #2b3060;border-radius:1rem}
.tabs{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1rem;margin:1.5rem 0 .8rem}
.tabs>a{padding:.35rem .9rem;border-radius:1rem;background:#1c2041;text-decoration:none}
.tabs [aria-current]{background:#ff9a3d;color:#2b1c12}.tabs span [aria-current]{border-radius:.4rem;padding:0 .3rem}
.tabs span{color:#b9b6c9;font-size:.9rem}
.find{margin:.5rem 0}
.functions th[scope=row]{white-space:normal;overflow-wrap:anywhere;min-width:11rem}
.functions small,.calls small{display:block;color:#b9b6c9;font-weight:400;font-size:.8rem;overflow-wrap:anywhere}
.calls small{display:inline}
.functions th a{color:inherit}.functions [aria-sort] a{color:#ffd27a}
.calls,.calls ul{list-style:none;margin:0;padding:0}.calls ul{margin-left:.55rem;padding-left:.75rem;border-left:1px solid #2b3060}
.calls summary,.leaf{padding:.1rem 0;cursor:default;font-variant-numeric:tabular-nums}.leaf{padding-left:1.05rem}
.calls b{display:inline-block;min-width:3.6rem;color:#ffb45e}.calls span{color:#b9b6c9;font-size:.85rem}
.small{padding:.05rem .6rem;font-size:.8rem;font-weight:400}
.chart{width:100%;height:11rem}.chart polyline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
.m1{stroke:#b9a2e8}.m2{stroke:#5d6aa8}.m3{stroke:#ffb45e}.key.m1{background:#b9a2e8}.key.m2{background:#5d6aa8}.key.m3{background:#ffb45e}
.ways{margin:0;padding-left:1.4rem}.ways li{padding:.25rem 0;overflow-wrap:anywhere}.ways span{color:#b9b6c9;font-size:.87rem}
code{font:.85em ui-monospace,monospace;background:#1c2041;border-radius:.3rem;padding:.05rem .3rem}
.waterfall td.bar{width:clamp(38%,60vw - 14rem,60%)}.waterfall th[scope=row]{max-width:24rem;white-space:normal}.waterfall small{display:block;color:#b9b6c9;font-weight:400;font-size:.78rem;overflow-wrap:anywhere}
.waterfall .d1{padding-left:0.8rem}.waterfall .d2{padding-left:1.6rem}.waterfall .d3{padding-left:2.4rem}.waterfall .d4{padding-left:3.2rem}.waterfall .d5{padding-left:4.0rem}.waterfall .d6{padding-left:4.8rem}.waterfall .d7{padding-left:5.6rem}.waterfall .d8{padding-left:6.4rem}
.l-other{fill:#7c89b5}.l-controller{fill:#8f9bc4}.l-session{fill:#8f9bc4}.l-store{fill:#b9a2e8}.l-cache{fill:#7fd1c7}.l-database{fill:#ff9a3d}.l-pool{fill:#e0699a}.l-render{fill:#ffd27a}.l-encode{fill:#d9a566}.l-write{fill:#5d6aa8}.l-pause{fill:#ff8f7f}
.flame{display:block;min-width:36rem}.flame text{font:11px/1 system-ui,sans-serif;fill:#1d1230;pointer-events:none}
.flame a:hover rect,.flame a:focus rect{stroke:#fff;stroke-width:2}
.fo0{fill:#ffb45e}.fo1{fill:#ffc987}.fo2{fill:#f79a4b}.fp0{fill:#b9a2e8}.fp1{fill:#cab8ee}.fp2{fill:#a78bdf}.fn0{fill:#8f9bc4}.fn1{fill:#a3aed1}.fn2{fill:#7c89b5}
.filters{display:flex;flex-wrap:wrap;align-items:end;gap:.6rem}.filters label{flex:1 1 8rem}.filters label span{display:block;color:#b9b6c9;font-size:.85rem}.filters input,.filters select{width:100%;height:2.6rem}
select{font:inherit;padding:.5rem .8rem;border-radius:.5rem;border:1px solid #555b94;background:#1c2041;color:inherit}
.controls div{align-items:center}.controls form{margin:.4rem 0}
.live{margin:1rem 0 .4rem;min-height:1.8rem}.live [aria-pressed=true]{color:#8fe388;border-color:#8fe388}
.log{list-style:none;margin:0;padding:0;border-radius:1rem;background:#181c3a;border:1px solid #2b3060;overflow:hidden}
.log li{display:grid;grid-template-columns:6.4rem 4.6rem 1fr;gap:0 .6rem;padding:.3rem .9rem;border-left:3px solid #5d6aa8;font-size:.87rem;font-variant-numeric:tabular-nums}
.log li+li{border-top:1px solid #23284f}.log li div{overflow-wrap:anywhere;min-width:0}
.log time,.log i,.log small{color:#b9b6c9;font-style:normal}.log b{font-weight:500}.log span{color:#b9b6c9}.log em{font-style:normal;color:#ffd27a}
.log small{display:block;font-size:.78rem}.log small a{color:inherit;margin-right:.6rem}
.log pre{margin:0;font:.78rem/1.45 ui-monospace,monospace;color:#b9b6c9;white-space:pre-wrap}.log pre:empty,.log :is(span,em,a):empty{display:none}
.log .error{border-left-color:#ff8f7f}.log .error b{color:#ff8f7f}.log .warn{border-left-color:#ffb45e}.log .debug{border-left-color:#2b3060}
.log .database b,.log .cache b{font:.8rem/1.5 ui-monospace,monospace}.log .database i{color:#ff9a3d}.log .cache i{color:#7fd1c7}
@media (width>=60rem){.log small{float:right}}
@media (width<40rem){.log li{grid-template-columns:1fr auto;padding:.4rem .7rem}.log li div{grid-column:1/3}}
:focus-visible{outline:3px solid #ffd27a;outline-offset:2px}`
