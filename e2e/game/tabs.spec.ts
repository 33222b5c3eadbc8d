import { expect, numberOnServer, Player, test } from './play.ts'

test('back and forward show the places again, under their addresses', async ({ page }) => {
  const player = new Player(page)
  await player.open('/')
  await player.go('Missions')
  await player.go('Hero')
  const titles = { hero: await page.title() }
  await page.goBack()
  await expect(page).toHaveURL(/\/missions$/)
  await expect(page.locator('#main')).toContainText('Gather kindling')
  await page.goBack()
  await expect(page).toHaveURL(/\/$/)
  await expect(page.locator('.scene')).toBeVisible()
  await page.goForward()
  await page.goForward()
  await expect(page).toHaveTitle(titles.hero)
  await expect(page).toHaveURL(/\/hero$/)
})

test('back after an action does not act again', async ({ page }) => {
  const player = new Player(page)
  await player.open('/missions')
  await player.act('mission', 'gather-kindling')
  await player.go('Hero')
  await page.goBack()
  await expect(page).toHaveURL(/\/missions/)
  await page.reload()
  expect(await numberOnServer(page, 'energy')).toBe(28)
})

test('of two tabs that build the same house, the second is told that it stands, and shows it', async ({
  page,
  context,
}) => {
  const one = new Player(page)
  const other = new Player(await context.newPage())
  await one.open('/')
  await other.open('/')
  await one.act('build', 'hearth')
  const coins = await one.number('coins')
  expect(await other.act('build', 'hearth')).toMatch(/\w+ \w+/)
  await expect(other.page.locator('.house.hearth')).toContainText(/Hearth.*, level 1/)
  expect(await numberOnServer(page, 'coins')).toBe(coins)
})

test('two quick taps are two actions: neither is lost, and the page agrees with the server', async ({ page }) => {
  const player = new Player(page)
  await player.open('/missions')
  await player.deed('mission', 'gather-kindling').dblclick()
  await expect.poll(() => numberOnServer(page, 'energy')).toBe(26)
  await expect.poll(() => player.number('coins')).toBe(await numberOnServer(page, 'coins'))
  expect(await player.number('energy')).toBe(26)
})

test('the focus stays on the button that acted', async ({ page }) => {
  const player = new Player(page)
  await player.open('/missions')
  await player.deed('mission', 'gather-kindling').focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('#notice')).not.toBeEmpty()
  await expect(player.deed('mission', 'gather-kindling')).toBeFocused()
})
