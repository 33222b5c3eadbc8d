import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { compile } from './compile.ts'
import { inParallel } from './parallel.ts'
import type { Project } from './project.ts'
import { stagePath, takePlace } from './stage.ts'

/** What stands in the bundle's folder; all of it, and nothing else, is needed to run the game. */
const ENTRY = 'index.js'
const BUNDLE = 'server.js'
const CLIENT = 'client'

/**
 * Source maps are switched on before the bundle is read, so that an error names the file that was written and not the one that
 * was made. The bundle cannot know where it lies; this file does.
 */
const START = `process.setSourceMapsEnabled(true)
const { start } = await import('./${BUNDLE}')
await start({ clientDir: import.meta.dirname + '/${CLIENT}' })
`

/**
 * Bundles the server into `dist/server`, with the client it serves: a folder that runs by `node index.js` wherever it is copied.
 * TypeScript first, since ncc cannot read version 7; then ncc on the JavaScript.
 * @throws Error if the project has no server, or no client has been built.
 */
export async function bundleServer(project: Project): Promise<void> {
  if (!project.server) throw new Error(`${project.root} has no server/main.ts: there is no server to bundle`)
  const stage = stagePath(project.dist.server)
  const compiled = path.join(project.root, '.cache/firstframe', path.basename(stage))
  try {
    await compile({
      root: project.root,
      tsconfig: path.join(project.root, 'tsconfig.json'),
      files: [project.server],
      outDir: compiled,
      // Types are checked by the checks; here they would only make every start after a change slower.
      options: { noCheck: true, sourceMap: true, inlineSources: true },
    })
    const main = path.join(compiled, path.relative(project.root, project.server).replace(/\.ts$/, '.js'))
    await mkdir(stage, { recursive: true })
    await bundle(main, stage)
    await writeFile(path.join(stage, ENTRY), START)
    const { name } = project
    await writeFile(
      path.join(stage, 'package.json'),
      `${JSON.stringify({ name: `${name}-server`, private: true, type: 'module', main: ENTRY })}\n`,
    )
    await linkTree(project.dist.client, path.join(stage, CLIENT))
    await takePlace(stage, project.dist.server)
  } finally {
    await rm(stage, { recursive: true, force: true })
    await rm(compiled, { recursive: true, force: true })
  }
}

/** Gives the bundle that stands a newly built client, without bundling again. */
export async function refreshClient(project: Project): Promise<void> {
  const target = path.join(project.dist.server, CLIENT)
  const stage = stagePath(target)
  try {
    await linkTree(project.dist.client, stage)
    await takePlace(stage, target)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function bundle(main: string, outDir: string): Promise<void> {
  const { default: ncc } = await import('@vercel/ncc').catch(() => {
    throw new Error('The server is bundled by ncc, which is not there: npm install -D @vercel/ncc')
  })
  // ncc asks whether `undefined` exists, at every run; its user can do nothing about it.
  const { noDeprecation } = process
  process.noDeprecation = true
  try {
    const { code, map, assets } = await ncc(main, {
      quiet: true,
      cache: false,
      sourceMap: true,
      sourceMapRegister: false,
      target: 'es2024',
    })
    const name = path.basename(main)
    await writeFile(
      path.join(outDir, BUNDLE),
      code.replace(`sourceMappingURL=${name}.map`, `sourceMappingURL=${BUNDLE}.map`),
    )
    if (map !== undefined) await writeFile(path.join(outDir, `${BUNDLE}.map`), map)
    for (const [file, { source }] of Object.entries(assets)) {
      if (file === 'package.json' || file === `${name}.map`) continue
      await mkdir(path.dirname(path.join(outDir, file)), { recursive: true })
      await writeFile(path.join(outDir, file), source)
    }
  } finally {
    process.noDeprecation = noDeprecation ?? false
  }
}

/** The same files under another folder, by hard links: no space, no time. Copies where the file system has no links. */
async function linkTree(from: string, to: string): Promise<void> {
  if (!existsSync(path.join(from, 'manifest.json')))
    throw new Error(`${from} holds no built client: run "firstframe build client" first`)
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
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
