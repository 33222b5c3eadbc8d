import type { ServiceName } from '../../services/provision.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { needed } from '../../services/needed.ts'
import { startPuppeteer } from './puppeteer.ts'
import type { Engine } from './tab.ts'
import { startWebKit } from './webkit.ts'

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
