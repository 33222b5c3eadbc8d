import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { putArt, type GameName } from './art.ts'

const root = path.join(import.meta.dirname, '../..')
const benches = path.join(root, 'e2e/bench')

/** Packages that a project has installed, by name: links to where they stand. */
const INSTALLED = { firstframe: root, vite: path.join(root, 'node_modules/vite') }

/** What is added to a game's configuration: the text of a module that has `export const plugins`. Null for the game as it is. */
export type Added = string | null

/** The one line to adopt. */
export const FIRSTFRAME = `import { firstframe } from 'firstframe'\nexport const plugins = [firstframe()]\n`

/** Where a game's build goes and from where it is served, as its own vite.config.js has it. */
const PLACES: Record<GameName, { dist: string; base: string }> = {
  engine: { dist: 'dist', base: '/' },
  workers: { dist: 'out/web', base: '/' },
  atlas: { dist: 'dist', base: '/game/' },
}

/** A game as its author has it on their machine. Disposing removes it. */
export interface Project extends AsyncDisposable {
  readonly folder: string
  /** Folder that `build` fills. */
  readonly dist: string
  /** Path below which the game expects to be served. */
  readonly base: string
  /** Runs `vite build`. @returns what it said. @throws Error with that, where it fails. */
  build: (environment?: Record<string, string>) => Promise<string>
  put: (file: string, content: string | Buffer) => Promise<void>
  take: (file: string) => Promise<Buffer>
}

export interface ProjectOptions {
  added?: Added
  /** Resolves packages from the benches' own folder, where the peers are, and not from the project's. */
  peers?: boolean
}

/** Copies a fixture game to a folder of its own, paints its art, and adds to its configuration what is to be tried. */
export async function createProject(
  game: GameName,
  { added = null, peers = false }: ProjectOptions = {},
): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), `firstframe-${game}-`))
  const put = async (file: string, content: string | Buffer) => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), content)
  }
  await cp(path.join(import.meta.dirname, game), folder, { recursive: true })
  await putArt(game, folder)
  if (peers) await symlink(path.join(benches, 'node_modules'), path.join(folder, 'node_modules'))
  else {
    await mkdir(path.join(folder, 'node_modules'))
    for (const [name, place] of Object.entries(INSTALLED)) await symlink(place, path.join(folder, 'node_modules', name))
  }
  await put('added.js', added ?? 'export const plugins = []\n')
  await put(
    'vite.all.config.js',
    "import own from './vite.config.js'\nimport { plugins } from './added.js'\nexport default { ...own, plugins }\n",
  )
  const { dist, base } = PLACES[game]
  return {
    folder,
    dist: path.join(folder, dist),
    base,
    build: (environment) => vite(folder, environment),
    put,
    take: (file) => readFile(path.join(folder, file)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function vite(folder: string, environment: Record<string, string> = {}): Promise<string> {
  const { NODE_ENV: _ours, FORCE_COLOR: _colours, ...env } = process.env
  const command = [path.join(folder, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'vite.all.config.js']
  const child = spawn(process.execPath, command, { cwd: folder, env: { ...env, NO_COLOR: '1', ...environment } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(said)
      else reject(new Error(`vite build ended with code ${code}:\n${said}`))
    })
  })
}
