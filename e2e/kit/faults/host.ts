import type { Page } from '@playwright/test'
import type { Asked } from '../kit.ts'

export const PLACES = ['/village', '/market', '/inn', '/mine']

/** A document and its script are the browser's business: before they are there nothing of ours is. */
export const isOurs = ({ headers, url }: { headers: Asked['headers']; url?: string | undefined }): boolean =>
  headers['sec-fetch-mode'] !== 'navigate' && url !== '/page.js'

/** After a full load the page is to be waited for. */
export const arrive = (page: Page): Promise<void> => page.locator('html[data-ready]').waitFor()

/** Presses, and waits for nothing but the next frames: the answers to some presses meet. False where the page is not to be pressed. */
export const press = (page: Page, selector: string): Promise<boolean> =>
  page
    .evaluate(async (selector) => {
      const element = document.querySelector<HTMLElement>(`html[data-ready] ${selector}`)
      element?.click()
      for (let frame = 0; frame < 3; frame++)
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return element !== null
    }, selector)
    // It was left for another document.
    .catch(() => false)
