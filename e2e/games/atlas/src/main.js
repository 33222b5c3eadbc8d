import { loadAtlas, loadImage } from './atlas.js'
import heroUrl from './art/hero.png'

const BASE = import.meta.env.BASE_URL
const canvas = document.querySelector('#stage')
const stage = canvas.getContext('2d', { willReadFrequently: true })

if (import.meta.env.VITE_OFFLINE) void navigator.serviceWorker.register(`${BASE}sw.js`)

const bossUrl = new URL('./art/boss.png', import.meta.url).href
const [items, monsters, meadow, hero, boss] = await Promise.all([
  loadAtlas(`${BASE}atlas/items.json`),
  loadAtlas(`${BASE}atlas/monsters.json`),
  loadImage(`${BASE}img/meadow.png`),
  loadImage(heroUrl),
  loadImage(bossUrl),
  document.fonts.load('48px Title'),
])
// What the page shows itself belongs to the scene too.
if (document.readyState !== 'complete')
  await new Promise((resolve) => addEventListener('load', resolve, { once: true }))

stage.fillStyle = '#7a8'
stage.fillRect(0, 0, 960, 540)
stage.drawImage(meadow, 0, 0, 960, 540)
for (const [place, name] of items.names.entries())
  items.draw(stage, name, 4 + (place % 10) * 94, 4 + Math.floor(place / 10) * 94, 90)
for (const [place, name] of monsters.names.entries()) monsters.draw(stage, name, 4 + place * 86, 196, 84)
stage.drawImage(hero, 40, 290, 240, 240)
stage.drawImage(boss, 600, 290, 240, 240)
stage.fillStyle = '#fff'
stage.font = '48px Title'
stage.fillText('Atlas', 380, 420)

canvas.dataset.broken = '0'
performance.mark('playing')
globalThis.playing = true
