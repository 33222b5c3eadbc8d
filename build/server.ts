import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { inParallel } from './parallel.ts'
import type { Project } from './project.ts'
import { stagePath, sweep, takePlace } from './stage.ts'

/** What stands in the bundle's folder; all of it, and nothing else, is needed to run the game. */
const ENTRY = 'index.js'
const BUNDLE = 'server.js'
const CLIENT = 'client'
const MAPS = 'maps'

/**
 * The bundle cannot know where it lies; this file does. Node keeps what it compiles in the machine's temporary folder, so that later
 * starts compile nothing. The source map lies beside the bundle and is read on demand only (`node --enable-source-maps index.js`): that
 * takes a fifth of a start.
 */
const START = `import { enableCompileCache, flushCompileCache } from 'node:module'
enableCompileCache()
const { start } = await import('./${BUNDLE}')
await start({ clientDir: import.meta.dirname + '/${CLIENT}', mapsDir: import.meta.dirname + '/${MAPS}' })
flushCompileCache()
`

/**
 * Bundles the server into `dist/server`, with the client it serves and that client's source maps: a folder that runs by `node index.js` wherever it is copied.
 * @throws Error if the project has no server, or no client has been built.
 */
export async function bundleServer(project: Project): Promise<void> {
  if (!project.server) throw new Error(`${project.root} has no server/main.ts: there is no server to bundle`)
  const stage = stagePath(project.dist.server)
  // Within the project, so that packages are found from it; swept with the stage.
  const workDir = path.join(stage, 'work')
  await sweep(project.dist.server)
  try {
    await mkdir(stage, { recursive: true })
    await runBundler(project, project.server, stage, workDir)
    await rm(workDir, { recursive: true })
    await writeFile(path.join(stage, ENTRY), START)
    const { name } = project
    await writeFile(
      path.join(stage, 'package.json'),
      `${JSON.stringify({ name: `${name}-server`, private: true, type: 'module', main: ENTRY })}\n`,
    )
    await linkClient(project.dist.client, path.join(stage, CLIENT))
    await linkTree(project.dist.maps, path.join(stage, MAPS))
    await takePlace(stage, project.dist.server)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

/** Gives the bundle that stands the client that stands, if it holds another, without bundling again. */
export async function refreshClient(project: Project): Promise<void> {
  const target = path.join(project.dist.server, CLIENT)
  const manifestOf = (folder: string): Promise<string> =>
    readFile(path.join(folder, 'manifest.json'), 'utf8').catch(() => '')
  await sweep(target)
  const [built, held] = await Promise.all([project.dist.client, target].map(manifestOf))
  if (built === held) return
  // The maps first: no client is served whose errors cannot be read.
  await replace(path.join(project.dist.server, MAPS), (stage) => linkTree(project.dist.maps, stage))
  await replace(target, (stage) => linkClient(project.dist.client, stage))
}

async function replace(target: string, make: (stage: string) => Promise<void>): Promise<void> {
  const stage = stagePath(target)
  try {
    await make(stage)
    await takePlace(stage, target)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

/** In a process of its own: its memory goes with it, and so do the warnings that nobody who starts a game can act upon. */
async function runBundler(project: Project, main: string, stage: string, workDir: string): Promise<void> {
  const quiet = ['--no-deprecation', '--disable-warning=ExperimentalWarning']
  const script = path.join(import.meta.dirname, `bundle${path.extname(import.meta.filename)}`)
  const args = [...quiet, script, project.root, main, stage, BUNDLE, workDir]
  await promisify(execFile)(process.execPath, args, { cwd: project.root }).catch((error: unknown) => {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Error(`The server could not be bundled:\n${words.trim()}`, { cause: error })
  })
}

async function linkClient(from: string, to: string): Promise<void> {
  if (!existsSync(path.join(from, 'manifest.json')))
    throw new Error(`${from} holds no built client: run "firstframe build client" first`)
  await linkTree(from, to)
}

/** The same files under another folder, by hard links: no space, no time. Copies where the file system has no links. Nothing where there is none. */
async function linkTree(from: string, to: string): Promise<void> {
  const entries = existsSync(from) ? await readdir(from, { recursive: true, withFileTypes: true }) : []
  await mkdir(to, { recursive: true })
  for (const entry of entries)
    if (entry.isDirectory())
      await mkdir(path.join(to, path.relative(from, path.join(entry.parentPath, entry.name))), { recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const place = async (file: string): Promise<void> => {
    const target = path.join(to, path.relative(from, file))
    await link(file, target).catch(() => copyFile(file, target))
  }
  await inParallel(files, place, 16)
}
