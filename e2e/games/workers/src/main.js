import { LOOT, lootPath } from './loot.js'
import { loadTexture } from './textures.js'

const BASE = 'img'
const canvas = document.querySelector('#stage')
const stage = canvas.getContext('2d', { willReadFrequently: true })
let broken = 0

const { bundles } = await (await fetch(`${BASE}/manifest.json`)).json()
const assets = bundles.find(({ name }) => name === 'load').assets
const wanted = [...assets.map(({ alias, src }) => [alias, src]), ...LOOT.map((name) => [name, lootPath(name)])]
const textures = new Map()
await Promise.all(
  wanted.map(async ([alias, src]) => {
    try {
      textures.set(alias, await loadTexture(`${BASE}/${src}`))
    } catch {
      broken++
    }
  }),
)

function put(alias, x, y, width, height = width) {
  const texture = textures.get(alias)
  if (texture) stage.drawImage(texture, x, y, width, height)
}

put('land', 0, 0, 960, 540)
put('mountains', 0, 0, 960, 540)
for (const [place, { alias }] of assets.slice(3).entries())
  put(alias, 4 + (place % 5) * 150, 4 + Math.floor(place / 5) * 150, 146)
for (const [place, name] of LOOT.entries()) put(name, 4 + (place % 10) * 80, 310 + Math.floor(place / 10) * 80, 76)
put('water', 824, 8, 128)
canvas.dataset.broken = String(broken)
performance.mark('playing')
globalThis.playing = true
