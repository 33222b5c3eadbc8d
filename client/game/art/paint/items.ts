import { clamp, css, hex, mix, palette, rarities, smooth, type Color } from './color.ts'
import { motes } from './land/air.ts'
import { blank, blur, lay, paint, silhouette, turn, type Picture } from './picture.ts'
import { createRandom, fbm } from './random.ts'
import { shape } from './sources.ts'
import { draw } from './svg.ts'

/** What a thing is made of: its tone in shade, in light, and at the brightest; how hard the light is on it. */
interface Stuff {
  dark: Color
  body: Color
  light: Color
  shine: number
}

const stuffs = {
  rust: { dark: hex('#3f2016'), body: hex('#a8603a'), light: hex('#f0b888'), shine: 0.5 },
  iron: { dark: hex('#353c52'), body: hex('#98a3bc'), light: hex('#f4f8ff'), shine: 1 },
  moon: { dark: hex('#2b3d86'), body: hex('#86aef5'), light: hex('#f2f8ff'), shine: 1.1 },
  wood: { dark: hex('#3a2012'), body: hex('#a86c3a'), light: hex('#f0c48a'), shine: 0.35 },
  oak: { dark: hex('#33301c'), body: hex('#8f8442'), light: hex('#eadc9a'), shine: 0.4 },
  leather: { dark: hex('#3a1f14'), body: hex('#a5643a'), light: hex('#f2bd8a'), shine: 0.4 },
  wool: { dark: hex('#4c3d44'), body: hex('#b59a92'), light: hex('#f4e2cf'), shine: 0.12 },
  straw: { dark: hex('#55401a'), body: hex('#cda352'), light: hex('#ffeaa8'), shine: 0.2 },
  bone: { dark: hex('#5c4d3f'), body: hex('#d9c8a8'), light: hex('#fffbe8'), shine: 0.5 },
  copper: { dark: hex('#5a2615'), body: hex('#cf7a44'), light: hex('#ffd6a8'), shine: 1 },
  amber: { dark: hex('#6a2f0a'), body: hex('#f0a030'), light: hex('#fff0a8'), shine: 1 },
  silver: { dark: hex('#3d4560'), body: hex('#c2cbdf'), light: hex('#ffffff'), shine: 1.1 },
  witch: { dark: hex('#3a1f66'), body: hex('#a678f0'), light: hex('#f0e0ff'), shine: 1 },
  raven: { dark: hex('#1d2350'), body: hex('#6a7fd8'), light: hex('#dfe8ff'), shine: 0.9 },
  fur: { dark: hex('#2f3148'), body: hex('#8f93b0'), light: hex('#eef0ff'), shine: 0.25 },
  fire: { dark: hex('#5a0f08'), body: hex('#c83a1a'), light: hex('#ff9a4a'), shine: 0.7 },
  blue: { dark: hex('#141c4a'), body: hex('#3a55a8'), light: hex('#9ab8f0'), shine: 0.5 },
  dark: { dark: hex('#10131f'), body: hex('#2c3346'), light: hex('#6a7690'), shine: 0.3 },
  oakwood: { dark: hex('#2c1a0e'), body: hex('#7a5228'), light: hex('#c89a5a'), shine: 0.3 },
  gold: { dark: hex('#7a2408'), body: hex('#ff9a34'), light: hex('#fff3b0'), shine: 1.2 },
} satisfies Record<string, Stuff>

type Rarity = keyof typeof rarities

const ranks: readonly Rarity[] = ['common', 'fine', 'rare', 'ember']

/** Slot by slot: an item's id, its game-icons shape, its stuff, and how far it is turned. */
const gear: readonly (readonly (readonly [string, string, keyof typeof stuffs, number?])[])[] = [
  [
    ['rusty-knife', 'bowie-knife', 'rust'],
    ['iron-sword', 'broadsword', 'silver'],
    ['moon-spear', 'barbed-spear', 'moon'],
    ['ember-blade', 'relic-blade', 'gold'],
  ],
  [
    ['plank-shield', 'round-shield', 'wood'],
    ['oak-shield', 'viking-shield', 'oak'],
    ['rune-shield', 'bolt-shield', 'moon'],
    ['ember-aegis', 'fire-shield', 'gold'],
  ],
  [
    ['wool-cap', 'winter-hat', 'wool'],
    ['iron-helm', 'light-helm', 'iron'],
    ['stag-helm', 'horned-helm', 'moon'],
    ['ember-crown', 'jewel-crown', 'gold'],
  ],
  [
    ['patched-coat', 'fur-shirt', 'wool'],
    ['leather-jerkin', 'leather-vest', 'leather'],
    ['scale-mail', 'scale-mail', 'moon'],
    ['ember-plate', 'breastplate', 'gold'],
  ],
  [
    ['rope-wraps', 'hand-bandage', 'straw'],
    ['leather-gloves', 'gloves', 'leather'],
    ['steel-gauntlets', 'gauntlet', 'silver'],
    ['ember-fists', 'mailed-fist', 'gold'],
  ],
  [
    ['straw-shoes', 'sandal', 'straw'],
    ['walking-boots', 'walking-boot', 'leather'],
    ['wolf-boots', 'fur-boot', 'fur'],
    ['ember-treads', 'metal-boot', 'gold'],
  ],
  [
    ['bone-charm', 'primitive-necklace', 'bone'],
    ['amber-pendant', 'gem-pendant', 'copper'],
    ['raven-amulet', 'raven', 'raven'],
    ['ember-heart', 'heart-necklace', 'gold'],
  ],
  [
    ['copper-band', 'ring', 'copper'],
    ['silver-band', 'diamond-ring', 'silver'],
    ['witch-ring', 'skull-ring', 'witch'],
    ['ember-signet', 'fire-ring', 'gold'],
  ],
]

/** What fills the closed parts of an item's shape, where something should. */
const fields: Readonly<Record<string, Stuff>> = {
  'rusty-knife': stuffs.iron,
  'iron-sword': stuffs.iron,
  'moon-spear': stuffs.silver,
  'ember-blade': stuffs.fire,
  'plank-shield': stuffs.wood,
  'oak-shield': stuffs.oakwood,
  'rune-shield': stuffs.blue,
  'ember-aegis': stuffs.fire,
  'iron-helm': stuffs.dark,
  'stag-helm': stuffs.dark,
  'ember-crown': stuffs.fire,
  'scale-mail': stuffs.blue,
  'leather-jerkin': stuffs.wood,
  'steel-gauntlets': stuffs.dark,
  'ember-fists': stuffs.fire,
  'ember-plate': stuffs.fire,
  'wolf-boots': stuffs.blue,
  'walking-boots': stuffs.wood,
  'ember-treads': stuffs.fire,
  'straw-shoes': stuffs.wood,
  'amber-pendant': stuffs.amber,
  'leather-gloves': stuffs.wood,
}

/** Every item: its id, and what it is painted from. */
export const items: Readonly<
  Record<string, { shape: string; stuff: Stuff; rarity: Rarity; turn: number; field: Stuff | undefined }>
> = Object.fromEntries(
  gear.flatMap((slot) =>
    slot.map(([id, name, stuff, angle], index) => [
      id,
      { shape: name, stuff: stuffs[stuff], rarity: ranks[index] ?? 'common', turn: angle ?? 0, field: fields[id] },
    ]),
  ),
)

const size = 384

/** Raises a flat shape: height from its distance to the edge, light from the upper left, a glint, a warm edge below. */
function emboss(flat: Picture, stuff: Stuff, seed: number): Picture {
  const { width, height } = flat
  const near = blur(flat, 2.2)
  const middle = blur(flat, 6)
  const wide = blur(flat, 15)
  const rise = (x: number, y: number) => {
    const at = (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 4 + 3
    return (near.data[at] ?? 0) * 3.2 + (middle.data[at] ?? 0) * 6 + (wide.data[at] ?? 0) * 9
  }
  return paint(width, height, (x, y) => {
    const alpha = flat.data[(y * width + x) * 4 + 3] ?? 0
    if (alpha === 0) return [0, 0, 0, 0]
    const dx = rise(x + 2, y) - rise(x - 2, y)
    const dy = rise(x, y + 2) - rise(x, y - 2)
    const length = Math.hypot(dx, dy, 1.15)
    const [nx, ny, nz] = [-dx / length, -dy / length, 1.15 / length]
    const facing = clamp(nx * -0.5 + ny * -0.62 + nz * 0.6)
    const glint = clamp(nx * -0.34 + ny * -0.46 + nz * 0.82) ** 26 * stuff.shine
    const sweep = 0.5 + 0.5 * Math.sin((x * 0.7 + y) * 0.021 + seed)
    const brushed = (fbm(x * 0.03, y * 0.16, 3, seed) - 0.5) * 0.16
    const tone = clamp(facing * 1.02 + brushed + (sweep - 0.5) * 0.26 * stuff.shine - (y / height - 0.5) * 0.34)
    let color = tone < 0.5 ? mix(stuff.dark, stuff.body, tone * 2) : mix(stuff.body, stuff.light, (tone - 0.5) * 1.7)
    const warm = clamp(nx * 0.62 + ny * 0.66) ** 2 * 0.6
    color = [
      color[0] + warm * 1 + glint * 0.9,
      color[1] + warm * 0.55 + glint * 0.9,
      color[2] + warm * 0.2 + glint * 0.9,
    ]
    return [clamp(color[0]) * alpha, clamp(color[1]) * alpha, clamp(color[2]) * alpha, alpha]
  })
}

/** The parts of a shape that are closed in by it, such as a shield's field or a gem's face. */
function holes(flat: Picture): Picture {
  const { width, height, data } = flat
  const outside = new Uint8Array(width * height)
  const stack = [0]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (outside[at] || (data[at * 4 + 3] ?? 0) > 0.5) continue
    outside[at] = 1
    const x = at % width
    if (x > 0) stack.push(at - 1)
    if (x < width - 1) stack.push(at + 1)
    if (at >= width) stack.push(at - width)
    if (at < width * (height - 1)) stack.push(at + width)
  }
  return paint(width, height, (x, y) => {
    const inside = outside[y * width + x] ? 0 : 1
    return [inside, inside, inside, inside]
  })
}

async function tile(rarity: Rarity, seed: string): Promise<Picture> {
  const tone = rarities[rarity]
  const hot = rarity === 'ember'
  const inner = mix(tone, palette.night, hot ? 0.28 : 0.42)
  const outer = mix(tone, palette.night, hot ? 0.78 : 0.84)
  const noise = Math.floor(createRandom(seed).next() * 1000)
  const back = paint(size, size, (x, y) => {
    const away = Math.hypot(x - size * 0.44, y - size * 0.4) / (size * 0.62)
    const grain = (fbm(x * 0.035, y * 0.035, 5, noise) - 0.5) * 0.28 + (fbm(x * 0.4, y * 0.4, 2, noise) - 0.5) * 0.09
    const [red, green, blue] = mix(inner, outer, smooth(0, 1.15, away + grain))
    const scratch = smooth(0.72, 0.9, fbm((x + y) * 0.012, (x - y) * 0.09, 3, noise + 9)) * 0.05
    return [red + scratch, green + scratch, blue + scratch, 1]
  })
  if (hot) motes(back, { seed, count: 34, box: [0.1, 0.1, 0.9, 0.92], size: [3, 8], color: palette.ember })
  const mask = await draw(size, size, `<rect x="10" y="10" width="364" height="364" rx="58" fill="#fff"/>`)
  for (let at = 0; at < back.data.length; at++) back.data[at] = (back.data[at] ?? 0) * (mask.data[at | 3] ?? 0)
  return back
}

function frame(rarity: Rarity): Promise<Picture> {
  const tone = rarities[rarity]
  const light = css(mix(tone, [1, 0.97, 0.88], 0.66))
  const base = css(tone)
  const dark = css(mix(tone, palette.ink, 0.74))
  const corner = (x: number, y: number) =>
    `<path d="M${x} ${y - 15}L${x + 15} ${y}L${x} ${y + 15}L${x - 15} ${y}Z" fill="url(#f)" stroke="${dark}" stroke-width="4"/>`
  return draw(
    size,
    size,
    `<defs>
    <linearGradient id="f" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${light}"/><stop offset=".35" stop-color="${base}"/><stop offset=".75" stop-color="${dark}"/><stop offset="1" stop-color="${base}"/></linearGradient>
    <linearGradient id="b" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${dark}"/><stop offset=".6" stop-color="${base}"/><stop offset="1" stop-color="${light}"/></linearGradient>
    <linearGradient id="s" x1=".2" y1="0" x2=".4" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".2"/><stop offset=".42" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>
    <rect x="26" y="26" width="332" height="332" rx="44" fill="url(#s)"/>
    <rect x="9" y="9" width="366" height="366" rx="60" fill="none" stroke="#0a0c1c" stroke-width="8"/>
    <rect x="17" y="17" width="350" height="350" rx="52" fill="none" stroke="url(#f)" stroke-width="15"/>
    <rect x="27" y="27" width="330" height="330" rx="43" fill="none" stroke="url(#b)" stroke-width="6"/>
    ${rarity === 'rare' || rarity === 'ember' ? corner(192, 19) + corner(192, 365) + corner(19, 192) + corner(365, 192) : ''}`,
  )
}

/** An item's tile, 384 px square: its rarity is the light it lies in. */
export async function paintItem(id: string): Promise<Picture> {
  const item = items[id]
  if (!item) throw new Error(`Expected an item's id, got "${id}"; they are listed in items.ts.`)
  const { rarity, stuff } = item
  const canvas = await tile(rarity, id)
  let flat = await shape(item.shape, 278, [1, 1, 1])
  if (item.turn) flat = await turn(flat, item.turn)
  const thing = blank(size, size)
  lay(thing, flat, (size - flat.width) / 2, (size - flat.height) / 2)
  const glow = rarity === 'common' ? 0.16 : rarity === 'fine' ? 0.34 : rarity === 'rare' ? 0.5 : 0.75
  lay(canvas, blur(silhouette(thing, mix(rarities[rarity], [1, 0.9, 0.7], 0.4), glow), 17), 0, 0, { blend: 'screen' })
  lay(canvas, blur(silhouette(thing, [0.02, 0.02, 0.06], 0.75), 7), 11, 14)
  lay(canvas, blur(silhouette(thing, [0.03, 0.02, 0.05], 0.9), 1.4), 1, 2)
  if (item.field) lay(canvas, emboss(blur(holes(thing), 0.8), item.field, id.length))
  lay(canvas, emboss(thing, stuff, id.length * 3 + id.charCodeAt(0)))
  if (rarity === 'ember')
    motes(canvas, { seed: `${id} sparks`, count: 12, box: [0.14, 0.12, 0.86, 0.6], size: [4, 8], color: palette.glow })
  const mask = await draw(size, size, `<rect x="6" y="6" width="372" height="372" rx="63" fill="#fff"/>`)
  for (let at = 0; at < canvas.data.length; at++) canvas.data[at] = (canvas.data[at] ?? 0) * (mask.data[at | 3] ?? 0)
  return lay(canvas, await frame(rarity))
}
