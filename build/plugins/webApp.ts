import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { suggestion } from '../../server/wire/closest.ts'
import type { Image } from '../../server/wire/manifest.ts'
import type { WebApp } from '../options.ts'
import type { State } from '../state.ts'

export const WEB_APP = 'app.webmanifest'

/** Writes the web app manifest, whose icons are pictures of the art folder under their hashed names. */
export async function writeWebApp(state: State, outDir: string): Promise<void> {
  const { app } = state.options
  if (app !== false) await writeFile(path.join(outDir, WEB_APP), describeWebApp(app, state.images))
}

/**
 * The web app manifest's text (https://www.w3.org/TR/appmanifest/). Icon paths are relative to it, so it works under any base.
 * @throws Error if the icon is no picture, with the closest name, or has no png variant.
 */
export function describeWebApp({ icon, ...app }: WebApp, images: Record<string, Image>): string {
  const image = images[icon]
  if (!image)
    throw new Error(`firstframe({ app }): there is no picture "${icon}"${suggestion(icon, Object.keys(images))}`)
  const icons = image.variants
    .filter(({ type }) => type === 'image/png')
    .map(({ file, width, height, type }) => ({ src: file, sizes: `${width}x${height}`, type, purpose: 'any' }))
  if (icons.length === 0)
    throw new Error(
      `firstframe({ app }): "${icon}" has no png variant: give it a rule with formats: ['png'] and widths [192, 512]`,
    )
  return JSON.stringify({ ...app, display: 'standalone', icons })
}
