import { test as base, expect, type Page } from '@playwright/test'
import type { Answer, Manifest } from '../../../server/wire/manifest.ts'
import type { GameName } from '../../games/art.ts'
import { createProject, FIRSTFRAME, type Added, type Project } from '../../games/project.ts'
import { host, type Host, type Served } from '../../games/serve.ts'

/** A game that has been built and is being served. */
export interface Site extends AsyncDisposable {
  readonly project: Project
  readonly host: Host
  /** What the build said. */
  readonly said: string
}

export interface SiteOptions {
  added?: Added
  /** Of the build. */
  environment?: Record<string, string>
  /** Changes the game before it is built. */
  prepare?: (project: Project) => Promise<void>
}

export async function openSite(
  game: GameName,
  { added = null, environment, prepare }: SiteOptions = {},
): Promise<Site> {
  const project = await createProject(game, { added })
  try {
    await prepare?.(project)
    const said = await project.build(environment)
    const place = await host(project.dist, project.base)
    return {
      project,
      host: place,
      said,
      async [Symbol.asyncDispose]() {
        await place[Symbol.asyncDispose]()
        await project[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await project[Symbol.asyncDispose]()
    throw error
  }
}

/** Tests of one game, which is built once for all of them: as its author has it, and with the plugin added. */
export const testsOf = (game: GameName) =>
  base.extend<object, { plain: Site; better: Site }>({
    plain: [
      // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
      async ({}, use) => {
        await using site = await openSite(game)
        await use(site)
      },
      { scope: 'worker', timeout: 120_000 },
    ],
    better: [
      // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
      async ({}, use) => {
        await using site = await openSite(game, { added: FIRSTFRAME })
        await use(site)
      },
      // Every picture is encoded anew: nothing is shared with other tests.
      { scope: 'worker', timeout: 300_000 },
    ],
  })

/** Goes to the game and waits until its first scene is drawn. @returns what was asked of the server for it. */
export async function play(page: Page, { host }: Site): Promise<Served[]> {
  const before = host.served.length
  await page.goto(host.url)
  await page.waitForFunction(() => 'playing' in globalThis)
  const served = host.served.slice(before)
  expect(served.filter(({ status }) => status !== 200 && status !== 304)).toEqual([])
  return served
}

/** What the game's canvas says of itself: pictures that it could not draw. */
export const broken = (page: Page): Promise<string | undefined> =>
  page.locator('#stage').evaluate((stage) => stage.dataset['broken'])

/** Pixels, four bytes each. */
export interface Pixels {
  width: number
  height: number
  data: Buffer
}

/** What stands on the game's canvas. */
export const stage = async (page: Page): Promise<Pixels> => {
  const { width, height, text } = await page.locator('#stage').evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const context = canvas.getContext('2d')
    const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() }
    let text = ''
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192))
    return { width: canvas.width, height: canvas.height, text: btoa(text) }
  })
  return { width, height, data: Buffer.from(text, 'base64') }
}

/** The digest of a picture's pixels as a canvas reads them: what a shader would get. `path` is below the game's own place. */
export const digest = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (path) => {
    const image = new Image()
    image.src = new URL(path, document.baseURI).href
    await image.decode()
    const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d')
    context?.drawImage(image, 0, 0)
    const { data } = context?.getImageData(0, 0, image.naturalWidth, image.naturalHeight) ?? { data: new Uint8Array() }
    const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)))]
    return `${image.naturalWidth}x${image.naturalHeight} ${hash.map((byte) => byte.toString(16)).join(' ')}`
  }, path)

export const manifestOf = async ({ project }: Site): Promise<Manifest> =>
  JSON.parse(
    (await project.take(`${project.dist.slice(project.folder.length + 1)}/manifest.json`)).toString(),
  ) as Manifest

/** What the manifest says of a public file. @throws where it does not name it. */
export async function answerOf(site: Site, file: string): Promise<Answer> {
  const { answers } = await manifestOf(site)
  const answer = answers[file]
  if (!answer) throw new Error(`the manifest has no "${file}"; it has ${Object.keys(answers).join(', ')}`)
  return answer
}

/** Of the bytes of pictures alone: scripts and styles are others' matter. */
export const pictureBytes = (served: Served[]): number =>
  served.filter(({ type }) => type.startsWith('image/')).reduce((sum, { bytes }) => sum + bytes, 0)
