import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { build, type Plugin } from 'vite'
import { BUILT, type Game, startGame } from './game.ts'
import { layLine } from './line.ts'

const root = join(import.meta.dirname, '../..')

/** A release of this name has the kill switch in place of its worker. */
export const KILL_SWITCH = 'kill-switch'

/** One release of the game: a server with the client it serves. */
export interface Release {
  name: string
  /** Starts its server. */
  entry: string
}

/**
 * Builds releases of the real game by its own build and configuration, from warm caches. A plugin makes each another one: every script says the release's
 * name in `globalThis.parts`, every stylesheet has one more rule, so no text has the hash that it has elsewhere. The servers are the one that
 * `npm run build` made, with another word in the titles of their pages.
 *
 * Disposing removes them.
 *
 * @throws Error with the build's own words.
 */
export async function buildReleases(names: readonly string[]): Promise<Release[] & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'emberwood-releases-'))
  // In a process of its own: a build tells what it does.
  await promisify(execFile)(process.execPath, [import.meta.filename, folder, ...names], { cwd: root })
  const releases = await Promise.all(names.map((name) => withServer(name, join(folder, name))))
  return Object.assign(releases, { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) })
}

async function withServer(name: string, folder: string): Promise<Release> {
  const built = dirname(BUILT)
  const isOwn = (file: string) => relative(built, file).split('/')[0] !== 'client' && !file.endsWith('.map')
  await cp(built, folder, { recursive: true, filter: isOwn })
  const server = join(folder, 'server.js')
  const code = await readFile(server, 'utf8')
  await writeFile(server, code.replaceAll('· Emberwood', `· Emberwood ${name}`))
  return { name, entry: join(folder, basename(BUILT)) }
}

const buildClient = (name: string, outDir: string) =>
  build({
    configFile: join(root, 'client/vite.config.ts'),
    configLoader: 'native',
    logLevel: 'error',
    plugins: [another(name)],
    ...(name === KILL_SWITCH && {
      resolve: { alias: [{ find: /\bworker\/main\.ts$/, replacement: 'worker/off.ts' }] },
    }),
    build: { outDir, emptyOutDir: true },
  })

function another(name: string): Plugin {
  return {
    name: 'another-release',
    transform(code, id) {
      const file = relative(join(root, 'client'), id)
      if (/^(?:game|runtime)\/.*\.ts$/.test(file))
        return `${code}\n;(globalThis.parts ??= []).push(${JSON.stringify(`${name} ${file}`)})`
      return /^game\/.*\.css$/.test(file) ? `${code}\n.release-${name} { top: 0 }` : undefined
    },
  }
}

/** One address behind which releases follow each other. */
export interface Address extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
  /** Starts the release, leads new connections to it, and ends the one before. Of that no file is served any more. */
  deploy(release: Pick<Release, 'entry'>): Promise<void>
}

/** An address with its first release. All share a database and the secrets of their sessions. */
export async function openAddress(first: Pick<Release, 'entry'>): Promise<Address> {
  const folder = await mkdtemp(join(tmpdir(), 'emberwood-address-'))
  const env = { DATABASE_URL: `sqlite:${join(folder, 'game.db')}`, SESSION_SECRETS: 'secret-of-all-its-releases' }
  let game: Game = await startGame({ entry: first.entry, env })
  const line = await layLine(game.url)
  return {
    url: line.url,
    async deploy({ entry }) {
      const next = await startGame({ entry, env })
      line.lead(next.url)
      await game.stop()
      await game[Symbol.asyncDispose]()
      game = next
    },
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]()
      await game[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

if (import.meta.main) {
  const [folder = '', ...names] = process.argv.slice(2)
  for (const name of names) await buildClient(name, join(folder, name, 'client'))
}
