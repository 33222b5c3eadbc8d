import { expect, test as base, type Locator, type Page } from '@playwright/test'
import { startGame, type Game } from '../services/game.ts'

/** Each worker plays on a server and a database of its own; each test comes as a stranger, without a cookie. */
export const test = base.extend<object, { game: Game }>({
  game: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures asked for out of the braces.
    async ({}, use) => {
      await using game = await startGame()
      await use(game)
    },
    { scope: 'worker' },
  ],
  baseURL: ({ game }, use) => use(game.url),
})
export { expect } from '@playwright/test'

/** Every place that can be walked to. */
export const PLACES = ['/', '/missions', '/battle', '/market', '/hero', '/friends', '/feed', '/ladder']

export const DESKTOP = {
  viewport: { width: 1440, height: 900 },
  deviceScaleFactor: 1,
  isMobile: false,
  hasTouch: false,
}

/** The numbers in the bar at the top. */
export type Number = 'level' | 'energy' | 'coins' | 'health' | 'xp'

/** How a person at the page does things: by touch, or by the keyboard alone. */
export type Hand = (page: Page, target: Locator) => Promise<void>
export const touch: Hand = (_page, target) => target.click()
export const keys: Hand = async (page, target) => {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

/** A person in front of a page. */
export class Player {
  readonly page: Page
  readonly #hand: Hand
  readonly #scripts: boolean

  constructor(page: Page, { hand = touch, scripts = true }: { hand?: Hand; scripts?: boolean } = {}) {
    this.page = page
    this.#hand = hand
    this.#scripts = scripts
  }

  /** Opens an address as one who types it, and waits until it can be played. */
  async open(path = '/'): Promise<void> {
    await this.page.goto(path)
    // From this mark of the page's on, links and forms are answered in place.
    if (this.#scripts) await this.page.waitForFunction(() => performance.getEntriesByName('playable').length > 0)
  }

  /** Does what the page offers: the button of the form with this action, on this thing where several are offered. */
  deed(action: string, thing?: string): Locator {
    const form = this.page.locator('form', { has: this.page.locator(`input[name="action"][value="${action}"]`) })
    const meant = thing === undefined ? form : form.filter({ has: this.page.locator(`input[value="${thing}"]`) })
    return meant.getByRole('button').first()
  }

  /** Presses that button and waits for the server's answer to stand in the page. @returns what it says. */
  async act(action: string, thing?: string): Promise<string> {
    const answer = this.page.waitForResponse(
      (response) => response.request().method() === 'POST' && !response.url().includes('/track/'),
    )
    const before = await this.version()
    await this.#hand(this.page, this.deed(action, thing))
    await answer
    // Without scripts the page is being replaced: for a moment there is none to ask.
    const answered = async () => (await this.said()) !== '' && (await this.version()) !== before
    await expect
      .poll(() => answered().catch(() => false), { message: `${action} ${thing ?? ''} is answered in the page` })
      .toBe(true)
    return this.said()
  }

  async follow(link: Locator): Promise<void> {
    await this.#hand(this.page, link)
  }

  /** Walks by the bar of places. */
  async go(name: string): Promise<void> {
    await this.follow(this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name }))
    await expect(this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name })).toHaveAttribute(
      'aria-current',
      'page',
    )
  }

  /** The path of the link that brings friends. */
  async inviteLink(): Promise<string> {
    await this.open('/friends')
    return new URL(await this.page.getByLabel('Your link').inputValue()).pathname
  }

  /** The player's id, as the session's cookie names it: `v1.ID.ISSUED.SIGNATURE`. */
  async id(): Promise<string> {
    const cookies = await this.page.context().cookies()
    return cookies.find(({ name }) => name === 'session')?.value.split('.')[1] ?? ''
  }

  async number(what: Number): Promise<number> {
    return numberIn(await this.page.locator(`[data-hud="${what}"]`).innerText())
  }

  async said(): Promise<string> {
    return this.page.locator('#notice').innerText()
  }

  /** Changes whenever the player's row does: the forms' keys name its version. */
  async version(): Promise<string> {
    return this.page.evaluate(
      () =>
        document.querySelector('#notice')?.textContent +
        [...document.querySelectorAll('input[name="key"]')].map((key) => (key as HTMLInputElement).value).join(),
    )
  }
}

/** What the server itself shows, past the page and its caches. */
export async function numberOnServer(page: Page, what: Number): Promise<number> {
  const html = await (await page.context().request.get('/')).text()
  return numberIn(new RegExp(`data-hud="${what}">([\\d,]+)<`).exec(html)?.[1] ?? `no ${what} in the page`)
}

const numberIn = (text: string): number => Number(text.replaceAll(',', ''))

/** Walks the page by Tab as one without a pointer does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let steps = 0; steps < 150; steps++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard does not reach ${target.toString()} within 150 steps`)
}

/** Everything that the page complained of: errors, violations of the policy, failed requests. */
export function complaints(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => message.type() === 'error' && heard.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`))
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText
    // Aborted: the page was left, or thought better of it.
    if (reason !== 'net::ERR_ABORTED') heard.push(`failed: ${request.url()} ${reason}`)
  })
  return heard
}
