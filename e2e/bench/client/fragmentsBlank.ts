import type { Browser } from '@playwright/test'
import { type Figure, summarise } from '../figure.ts'
import { startBenchSite } from './fragmentsSite.ts'

const PLACES = 100
const BLANK_SIDES = ['ours', 'htmx', 'turbo'] as const
const FAST_3G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }

/** Two pictures that nobody has seen. */
const place = (fields: URLSearchParams) =>
  `<h1>Place ${fields.get('n')}</h1>${[1, 2].map((at) => `<img width="96" height="96" alt="" src="/p/${fields.get('side')}?${fields.get('n')}-${at}">`).join('')}`

/** Frames in which a picture of the place has nothing to show yet, over all places; the sides side by side, each on a line of its own. */
export async function blankFrames(browser: Browser, say: (line: string) => void): Promise<Figure> {
  await using site = await startBenchSite(place)
  say(`blank frames: ${PLACES} places on fast 3G`)
  const counts = await Promise.all(
    BLANK_SIDES.map(async (side) => {
      await using context = await browser.newContext({ viewport: { width: 360, height: 740 } })
      const page = await context.newPage()
      const session = await context.newCDPSession(page)
      await page.goto(`${site.url}/${side}?n=0&side=${side}`, { waitUntil: 'load' })
      await session.send('Network.enable')
      await session.send('Network.emulateNetworkConditions', FAST_3G)
      return await page.evaluate(countBlank, { side, places: PLACES })
    }),
  )
  const [own = Number.NaN] = counts
  const others = BLANK_SIDES.map((side, at) => `${side} ${counts[at]}`).slice(1)
  return summarise({
    name: 'blank-frames',
    unit: 'frames',
    versus: `${PLACES} places, fast 3G; ${others.join(', ')}`,
    values: [own],
  })
}

/** In the page: goes from place to place, each when the one before shows its pictures, and looks at every frame. */
async function countBlank({ side, places }: { side: string; places: number }): Promise<number> {
  const link = document.getElementById('go')
  let blank = 0
  for (let n = 1; n <= places; n++) {
    const address = `/${side}?n=${n}&side=${side}`
    for (const name of ['href', 'hx-get']) if (link?.hasAttribute(name)) link.setAttribute(name, address)
    link?.click()
    for (;;) {
      await new Promise(requestAnimationFrame)
      const pictures = Array.from(document.querySelectorAll<HTMLImageElement>('#main img'))
      const isBlank = pictures.some((img) => !img.complete || img.naturalWidth === 0)
      if (isBlank) blank++
      else if (document.querySelector('#main h1')?.textContent === `Place ${n}`) break
    }
  }
  return blank
}
