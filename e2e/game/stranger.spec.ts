import { expect, keys, numberOnServer, Player, test } from './play.ts'

/** A stranger's first three minutes, each step where the village's card sends them. */
async function firstThreeMinutes(stranger: Player): Promise<void> {
  // The keyboard's way is some 600 key presses long.
  test.slow()
  const { page } = stranger
  const hint = page.locator('.next a')
  const followHint = async (title: RegExp) => {
    await stranger.follow(hint)
    await expect(page).toHaveTitle(title)
  }

  await test.step('the village stands and can be played at once', async () => {
    await stranger.open('/')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    expect(await stranger.number('level')).toBe(1)
    expect(await stranger.number('energy')).toBe(30)
  })
  await test.step('first mission: it costs energy and pays', async () => {
    const coins = await stranger.number('coins')
    await followHint(/Thornwood|Missions/)
    expect(await stranger.act('mission', 'gather-kindling')).not.toBe('')
    expect(await stranger.number('energy')).toBe(28)
    expect(await stranger.number('coins')).toBeGreaterThan(coins)
  })
  await test.step('first loot', async () => {
    expect(await stranger.act('mission', 'light-the-lanterns')).toMatch(/rusty knife/i)
  })
  await test.step('first equip', async () => {
    await stranger.go('Village')
    await followHint(/Hero/)
    await stranger.act('equip', 'rusty-knife')
    await expect(stranger.deed('unequip', 'weapon')).toBeVisible()
  })
  await test.step('first win', async () => {
    await stranger.go('Village')
    await followHint(/Battle/)
    await stranger.act('fight', 'rat')
    await expect(page.locator('#main')).toContainText(/won|victory|beaten|yours/i)
  })
  await test.step('first building', async () => {
    await stranger.go('Village')
    const coins = await stranger.number('coins')
    await stranger.act('build', 'hearth')
    expect(await stranger.number('coins')).toBeLessThan(coins)
    await expect(page.locator('.house.hearth')).toContainText(/Hearth.*, level 1/)
  })
  await test.step('first invite', async () => {
    await stranger.go('Village')
    await followHint(/Friends/)
    await stranger.act('invite')
    await expect(page.getByLabel('Your link')).toHaveValue(/\/i\/\w+/)
  })
  await test.step('the server knows all of it', async () => {
    const seen = {
      level: await stranger.number('level'),
      coins: await stranger.number('coins'),
      xp: await stranger.number('xp'),
    }
    expect(seen.level).toBeGreaterThan(1)
    for (const [what, value] of Object.entries(seen))
      expect(await numberOnServer(page, what as keyof typeof seen), what).toBe(value)
    await stranger.open('/')
    expect(await stranger.number('coins')).toBe(seen.coins)
    await expect(page.locator('.house.hearth')).toContainText(/Hearth.*, level 1/)
  })
}

test('a stranger plays the first three minutes by touch, on one page that is never loaded again', async ({ page }) => {
  let documents = 0
  page.on('request', (request) => request.isNavigationRequest() && documents++)
  await firstThreeMinutes(new Player(page))
  // The first one, and the reload with which the story ends.
  expect(documents).toBe(2)
})

test('a stranger plays the first three minutes by keyboard alone', async ({ page }) => {
  await firstThreeMinutes(new Player(page, { hand: keys }))
})

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false })
  test('a stranger plays the first three minutes', async ({ page }) => {
    await firstThreeMinutes(new Player(page, { scripts: false }))
  })
})

test('an invite link makes a guest of the friend and a band for the one who sent it', async ({
  page,
  browser,
  baseURL,
}) => {
  const host = new Player(page)
  const link = await host.inviteLink()
  await using context = await browser.newContext(baseURL === undefined ? {} : { baseURL })
  const friend = new Player(await context.newPage())
  await friend.open(link)
  expect(await friend.number('level')).toBe(1)
  await host.open('/feed')
  await expect(page.locator('#main')).toContainText(/joined|came|follow/i)
})
