import type { ServiceName } from '../../services/provision.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { needed } from '../../services/needed.ts'
import { startPuppeteer } from './puppeteer.ts'
import { startWebKit } from './webkit.ts'

/** What a test needs of a browser, whatever its engine. */
export interface Engine extends AsyncDisposable {
  /** Opens a tab in front of the others, which are hidden from then on. */
  open(): Promise<Tab>
}

/** One tab; what is asked of it comes to its front first, but for `read`. */
export interface Tab {
  /** Goes to a URL, and waits until it is loaded. */
  go(url: string): Promise<void>
  /** Back and forward, as by the browser's buttons. */
  back(): Promise<void>
  reload(): Promise<void>
  /** The value of an expression in the page: JSON. */
  read<T>(expression: string): Promise<T>
  /** Presses the first element that the CSS selector finds, with a real pointer. */
  click(selector: string): Promise<void>
  /** Types into it with a real keyboard. */
  type(selector: string, text: string): Promise<void>
  /** Brings it to the front: it is seen again. */
  front(): Promise<void>
  /** As a person closes it. */
  close(): Promise<void>
}

/** The engines besides the one that everything else runs in. */
export const OTHERS = ['firefox', 'webkit'] as const satisfies readonly ServiceName[]
export type Other = (typeof OTHERS)[number]

/** Starts a browser; where it is not to be had the test is left out, with the reason, and on CI it fails. */
export async function startEngine(name: Other): Promise<Engine> {
  const path = await needed(name)
  return name === 'webkit'
    ? startWebKit({ driver: path, screen: await needed('xvfb') })
    : startPuppeteer({ browser: 'firefox', executablePath: path })
}

/** Chromium as a person has it: Playwright's tells each of its tabs that it is in front, whatever lies over it. */
export const startChromium = async (): Promise<Engine> =>
  startPuppeteer({ browser: 'chrome', executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
