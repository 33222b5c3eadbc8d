import { AxeBuilder } from '@axe-core/playwright'
import { complaints, DESKTOP, expect, PLACES, Player, test } from './play.ts'

for (const [size, use] of Object.entries({ phone: {}, desktop: DESKTOP })) {
  test.describe(size, () => {
    test.use(use)
    for (const place of [...PLACES, '/no-such-place']) {
      test(`${place}: nothing for axe to find, nothing for the console to say, no sideways scrolling`, async ({
        page,
      }) => {
        const heard = complaints(page)
        const player = new Player(page)
        await player.open('/')
        await player.open(place)
        const { violations } = await new AxeBuilder({ page }).analyze()
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
        )
        expect(told).toEqual([])
        const width = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(width).toBe(0)
        const expected = place === '/no-such-place' ? /status of 404/ : /(?!)/
        expect(heard.filter((line) => !expected.test(line))).toEqual([])
      })
    }
  })
}

test('after a battle there is nothing for axe to find either', async ({ page }) => {
  const player = new Player(page)
  await player.open('/battle')
  await player.act('fight', 'rat')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
})

test('everything that can be tapped is at least 44 pixels high and wide', async ({ page }) => {
  const player = new Player(page)
  for (const place of PLACES) {
    await player.open(place)
    const small = await page.locator('a, button, input:not([type="hidden"]), select').evaluateAll((elements) =>
      elements
        .filter((element) => element.checkVisibility() && !element.matches('.skip, p a'))
        .map((element) => ({ name: element.outerHTML.slice(0, 120), box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
        .map(({ name, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${name}`),
    )
    expect(small, place).toEqual([])
  }
})

test('every picture is there and has its size before it comes', async ({ page }) => {
  const player = new Player(page)
  for (const place of PLACES) {
    await player.open(place)
    const images = page.locator('img')
    expect(await images.count(), place).toBeGreaterThan(0)
    // Pictures further down come when they come near.
    await page.evaluate(async () => {
      for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo({ top: y, behavior: 'instant' })
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    })
    const wrong = () =>
      images.evaluateAll((all) =>
        (all as HTMLImageElement[])
          .filter((image) => image.checkVisibility())
          .filter(
            (image) =>
              !image.hasAttribute('width') ||
              !image.hasAttribute('height') ||
              !image.hasAttribute('alt') ||
              image.naturalWidth === 0,
          )
          .map((image) => image.outerHTML),
      )
    await expect.poll(wrong, { message: place }).toEqual([])
  }
})

test('the styles that come after the first paint move nothing', async ({ page }) => {
  // Only styles are compared: scripts may move things for reasons of their own.
  await page.route(/\.js$/, (route) => route.abort())
  const boxes = () =>
    page.locator('body *').evaluateAll((all) => {
      for (const animation of document.getAnimations()) animation.cancel()
      return all.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect()
        return `<${element.localName} class="${element.className}"> ${[x, y, width, height].map(Math.round).join(' ')}`
      })
    })
  for (const place of PLACES) {
    await page.goto(place)
    const late = page.locator('link[rel=stylesheet]')
    expect(await late.count(), place).toBe(1)
    const after = await boxes()
    await late.evaluate((link: HTMLLinkElement) => (link.disabled = true))
    expect(await boxes(), place).toEqual(after)
  }
})

test('with less motion asked for, nothing moves on its own', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const player = new Player(page)
  for (const place of PLACES) {
    await player.open(place)
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(
          (animation) =>
            animation.playState === 'running' && Number(animation.effect?.getComputedTiming().duration) > 20,
        )
        .map((animation) => (animation as CSSAnimation).animationName),
    )
    expect(moving, place).toEqual([])
  }
})
