import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import sharp from 'sharp'

const ROOT = path.resolve(import.meta.dirname, '../../..')
/** Its report lies in a cache of its own. */
let project: string
let told: string

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}

/** Clouds of one hue: any later format makes less of them than PNG. */
const painting = (width: number, height: number, frequency: number): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><filter id="f"><feTurbulence baseFrequency="${frequency}" numOctaves="3"/></filter><rect width="100%" height="100%" filter="url(#f)"/></svg>`,
    ),
  )
    .flatten({ background: '#fff' })
    .png()
    .toBuffer()

test.beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-report-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'))
  await put('package.json', '{ "name": "sample", "type": "module" }')
  await put(
    'vite.config.ts',
    `import { firstframe } from '${path.join(ROOT, 'build/index.ts')}'
     export default { plugins: firstframe() }`,
  )
  await put(
    'index.html',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sample</title><link rel="stylesheet" href="/page.css"></head>
     <body><canvas></canvas><script type="module" src="/main.ts"></script></body></html>`,
  )
  await put('page.css', 'canvas { width: 100% }')
  await put(
    'main.ts',
    `for (const name of ['hero', 'cave 100%']) { const image = new Image(); image.src = 'art/' + name + '.png'; document.body.append(image) }`,
  )
  await put('public/art/hero.png', await painting(400, 300, 0.01))
  await put('public/art/cave 100%.png', await painting(300, 300, 0.02))
  await put('public/source/<b>layers</b>.png', await painting(200, 200, 0.03))
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'build/cli.ts'), 'build'], {
    cwd: project,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  told = stderr
})
test.afterAll(() => rm(project, { recursive: true, force: true }))

/** Opens the report from the disk, and collects what it complains of and what it asks for. */
async function open(page: Page): Promise<{ complaints: string[]; asked: string[] }> {
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', ({ message }) => void complaints.push(message))
  page.on('request', (request) => void asked.push(request.url()))
  page.on('requestfailed', (request) => void complaints.push(`${request.url()} failed`))
  await page.goto(pathToFileURL(path.join(project, '.cache/firstframe/report/index.html')).href)
  return { complaints, asked }
}

test('a build tells where its report is', () => {
  expect(told).toMatch(/pictures +2 /)
  expect(told).toMatch(/report: \.cache\/firstframe\/report\/index\.html/)
})

test('the report shows each picture before and after, from the disk, without the network and without complaint', async ({
  page,
}) => {
  const { complaints, asked } = await open(page)
  const pairs = page.locator('.compare')
  await expect(pairs).toHaveCount(2)
  for (const pair of await pairs.all()) {
    await pair.scrollIntoViewIfNeeded()
    const images = pair.locator('img')
    await expect(images).toHaveCount(2)
    for (const image of await images.all())
      await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(200)
  }
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
  expect(complaints).toEqual([])
})

test('the line between source and result can be drawn, also by the keyboard', async ({ page }) => {
  await open(page)
  const pair = page.locator('.compare').first()
  const box = await pair.boundingBox()
  if (!box) throw new Error('the pair is not on the page')
  await pair.scrollIntoViewIfNeeded()
  await pair.locator('input').click({ position: { x: box.width * 0.8, y: 20 } })
  const at = (): Promise<number> => pair.evaluate((element) => Number(element.style.getPropertyValue('--at')))
  expect(await at()).toBeGreaterThan(70)
  const before = await at()
  await page.keyboard.press('ArrowLeft')
  expect(await at()).toBe(before - 1)
})

test('tables sort by any column, either way', async ({ page }) => {
  await open(page)
  await page.getByText('2 pictures as a table').click()
  const names = page.locator('#pictures tbody td:first-child a:first-child')
  await page.getByRole('button', { name: 'Picture' }).click()
  await expect(names).toHaveText(['art/hero.png', 'art/cave 100%.png'])
  await page.getByRole('button', { name: 'Picture' }).click()
  await expect(names).toHaveText(['art/cave 100%.png', 'art/hero.png'])
})

test('a file of the map is told when pointed at', async ({ page }) => {
  await open(page)
  await page.locator('.map .cell').first().hover()
  await expect(page.locator('#shipped output')).toHaveText(/^\S.*, [\d.]+ (?:B|kB|MB)/)
})

test('what nothing names is told with its megabytes, its name as text', async ({ page }) => {
  await open(page)
  await page.getByText('Their names').click()
  await expect(page.locator('#unseen')).toContainText('source/<b>layers</b>.png')
})

for (const [width, height] of [
  [360, 740],
  [1440, 900],
] as const)
  for (const colorScheme of ['light', 'dark'] as const)
    test(`nothing stands out of a screen of ${width} pixels, and text can be read, ${colorScheme}`, async ({
      browser,
    }) => {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme })
      const page = await context.newPage()
      await open(page)
      for (const fold of await page.locator('details').all())
        await fold.evaluate((element) => element.setAttribute('open', ''))
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      await context.close()
    })
