/** Rules of `/__events__` alone. */
export const EVENTS_STYLE = `.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:1rem}
.cards small{white-space:normal}
.scroll{max-height:13rem;overflow:auto;border-radius:.4rem}
.scroll thead th{position:sticky;top:0;background:#181c3a}
.scroll th+th+th{text-align:center}
td.heat{text-align:center;border:2px solid #181c3a;border-radius:.4rem;min-width:3.6rem;padding-right:.4rem}
.h0{background:#1c2041}.h1{background:#3a2f4a}.h2{background:#5c3f45}
.h3{background:#8a5537;color:#fff}.h4{background:#c97a3a;color:#1d1230}.h5{background:#ffb45e;color:#1d1230}
th>small{display:block;color:#b9b6c9;font-size:.78rem}
td.tall{width:60%}td.tall svg{height:1.6rem}
.note{margin:.7rem 0 0;font-size:.85rem}
.fault{border-top:1px solid #2b3060;padding:.5rem 0}
.fault summary{overflow-wrap:anywhere}
.fault summary span{display:block;color:#b9b6c9;font-size:.87rem;font-variant-numeric:tabular-nums}
.fault p{margin:.4rem 0}
.fault dl{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;margin:.6rem 0;font-size:.87rem}
.fault dt{display:inline;color:#b9b6c9}.fault dt::after{content:' '}
.fault dd{display:inline;margin:0;overflow-wrap:anywhere}
.stack{margin:.4rem 0;padding-left:1.6rem}
.stack li{overflow-wrap:anywhere;padding:.1rem 0}
.stack small{display:block;color:#b9b6c9;font-size:.78rem}
.stack .own{color:#ffd27a}
@media (width<40rem){
.roomy{display:none}
.cards th[scope=row]{white-space:normal;min-width:6.5rem}.cards td.bar{min-width:2.5rem}
.scroll th[scope=row]{min-width:0}
td.heat{min-width:2.9rem;padding-left:.2rem;padding-right:.2rem}
}`
