import { expect, type Number, Player, test } from './play.ts'

const TELLING: readonly Number[] = ['coins', 'xp', 'health', 'level']

/** The numbers of the bar that a fight changes. */
const numbers = (player: Player) => Promise.all(TELLING.map((what) => player.number(what)))

test('while a fight is played, the bar does not tell how it ends; skipped, it does', async ({ page }) => {
  const player = new Player(page)
  await player.open('/battle')
  const before = await numbers(player)
  await player.deed('fight', 'rat').click()
  await expect(page.locator('.stage.playing')).toBeVisible()
  expect(await numbers(player)).toEqual(before)
  await page.getByRole('button', { name: 'Skip' }).click()
  await expect(page.locator('.stage.revealed')).toBeVisible()
  const after = await numbers(player)
  expect(after).not.toEqual(before)
  // Both bars stand where all blows together leave them.
  const stood = await page.locator('.stage').evaluate((stage) => {
    const dealt = { me: 0, foe: 0 }
    for (const blow of stage.querySelectorAll<HTMLElement>('.blows li'))
      dealt[blow.dataset['by'] === 'me' ? 'me' : 'foe'] += Number(blow.dataset['damage'])
    return [...stage.querySelectorAll('progress')].map((bar, index) => [
      bar.value,
      Math.max(0, bar.max - (index === 0 ? dealt.foe : dealt.me)),
    ])
  })
  expect(stood).toHaveLength(2)
  for (const [shown, left] of stood) expect(shown).toBe(left)
  await player.open('/battle')
  // Perhaps the worker's copy first, which the page then brings up to date.
  await expect.poll(() => numbers(player)).toEqual(after)
})

test('who goes elsewhere during a fight finds the bar as it is', async ({ page }) => {
  const player = new Player(page)
  await player.open('/battle')
  const before = await numbers(player)
  await player.deed('fight', 'rat').click()
  await expect(page.locator('.stage.playing')).toBeVisible()
  await player.go('Market')
  const after = await numbers(player)
  expect(after).not.toEqual(before)
  await player.open('/battle')
  // Perhaps the worker's copy first, which the page then brings up to date.
  await expect.poll(() => numbers(player)).toEqual(after)
})

test('who wants no motion sees the end at once', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const player = new Player(page)
  await player.open('/battle')
  const before = await numbers(player)
  await player.act('fight', 'rat')
  await expect(page.locator('.stage .end')).toBeVisible()
  expect(await numbers(player)).not.toEqual(before)
})
