import { Router } from 'express'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { send } from './encode.ts'

export interface WebAppOptions {
  /** The built web app manifest; where there is none, nothing is answered. */
  file: string
  /** URL that assets are at: `https://cdn.example`. */
  assetBase: string
}

/**
 * Answers with the web app manifest as it reads where assets come from another origin: the build names icons relative to the manifest, which
 * pages take from their own. Goes before the files.
 *
 * @see https://www.w3.org/TR/appmanifest/#icons-member
 */
export function webApp({ file, assetBase }: WebAppOptions): Router {
  const router = Router()
  const text = moved(file, assetBase)
  if (text === undefined) return router
  router.get(`/${basename(file)}`, (req, res) => {
    res.setHeader('Cache-Control', 'no-cache')
    send(req, res, text, 'application/manifest+json')
  })
  return router
}

function moved(file: string, assetBase: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const manifest = JSON.parse(text) as { icons?: { src: string }[] }
  const icons = manifest.icons?.map((icon) => Object.assign(icon, { src: `${assetBase}/${icon.src}` }))
  return JSON.stringify({ ...manifest, icons })
}
