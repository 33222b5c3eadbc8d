import { defineConfig } from '@playwright/test'
import { chromiumPath, CHROMIUM_FLAGS } from './services/provision.ts'

// Workers inherit the environment and find it at once.
process.env['CHROMIUM_PATH'] ??= await chromiumPath()

/** A phone of the cheaper half: what a stranger opens the invite link on. Desktop is asked for where it matters. */
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

/** `kit` has a tiny page for each case, `game` a person's way through the built game (`npm run build` first). */
export default defineConfig({
  outputDir: '.out/browser',
  fullyParallel: true,
  workers: 2,
  // A test that passes at its second try guards nothing: what shakes is mended.
  retries: 0,
  forbidOnly: process.env['CI'] === 'true',
  // A story of three minutes takes six seconds on an idle machine.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '.out/browser.json' }]],
  use: {
    launchOptions: { executablePath: process.env['CHROMIUM_PATH'], args: CHROMIUM_FLAGS },
    trace: 'retain-on-failure',
    actionTimeout: 15_000,
  },
  projects: [
    { name: 'kit', testDir: 'kit' },
    { name: 'game', testDir: 'game', use: phone },
  ],
})
