import { launch, type LaunchOptions } from 'puppeteer-core'
import type { Engine } from './tab.ts'

/** Firefox, by WebDriver BiDi, or Chromium. */
export async function startPuppeteer(options: LaunchOptions): Promise<Engine> {
  const browser = await launch({ headless: true, ...options })
  return {
    async open() {
      const page = await browser.newPage()
      return {
        go: async (url) => void (await page.goto(url)),
        back: async () => void (await page.evaluate('void setTimeout(() => history.back())')),
        reload: async () => void (await page.reload()),
        read: async <T>(expression: string) => (await page.evaluate(expression)) as T,
        click: (selector) => page.click(selector),
        type: (selector, text) => page.type(selector, text),
        front: () => page.bringToFront(),
        close: () => page.close({ runBeforeUnload: true }),
      }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}
