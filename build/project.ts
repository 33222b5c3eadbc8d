import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Where a project keeps what the command works on. */
export interface Project {
  /** Folder of the nearest package.json. */
  root: string
  /** The package's own name. */
  name: string
  /** Vite's configuration. */
  viteConfig: string | undefined
  /** The server's main module, if the project has one. */
  server: string | undefined
  /** `maps`: where a project with a server keeps its scripts' source maps. */
  dist: { client: string; server: string; kit: string; maps: string }
}

const CONFIGS = ['client/vite.config.ts', ...['ts', 'mts', 'js', 'mjs'].map((suffix) => `vite.config.${suffix}`)]
const SERVERS = ['server/main.ts']

/** @throws Error if no folder upwards of `from` has a package.json. */
export function findProject(from: string): Project {
  let root = path.resolve(from)
  while (!existsSync(path.join(root, 'package.json'))) {
    const above = path.dirname(root)
    if (above === root)
      throw new Error(
        `${from} is in no project: there is no package.json in it or above. Change to the project's folder first`,
      )
    root = above
  }
  const { name = '' } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { name?: string }
  const find = (files: string[]): string | undefined =>
    files.map((file) => path.join(root, file)).find((file) => existsSync(file))
  const dist = (part: string): string => path.join(root, 'dist', part)
  return {
    root,
    name,
    viteConfig: find(CONFIGS),
    server: find(SERVERS),
    dist: { client: dist('client'), server: dist('server'), kit: dist('kit'), maps: dist('maps') },
  }
}
