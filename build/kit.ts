import { globSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { compile } from './compile.ts'
import type { Project } from './project.ts'
import { stagePath, sweep, takePlace } from './stage.ts'

interface Package {
  name: string
  bin: Record<string, string>
  exports: Record<string, string>
  dependencies: Record<string, string>
  [field: string]: unknown
}

/** Fields of the project's own package.json that a published package keeps. */
const KEPT = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'engines',
  'dependencies',
  'peerDependencies',
]

/** Run by path in processes of their own, so that no import leads to them. */
const SCRIPTS = ['build/dev.ts', 'build/bundle.ts']

/** Each set of doors is compiled for the place its code runs in. */
const TARGETS: { tsconfig: string; fits: (file: string) => boolean }[] = [
  { tsconfig: 'client/worker/tsconfig.json', fits: (file) => file.startsWith('client/worker/') },
  { tsconfig: 'client/tsconfig.json', fits: (file) => file.startsWith('client/') },
  { tsconfig: 'tsconfig.json', fits: () => true },
]

/**
 * Makes `dist/kit`, the package that is published: JavaScript, types and source maps of every door in the `exports` map and of what it
 * imports. The game is no door and no door imports it, so it stays out.
 */
export async function buildKit(project: Project): Promise<void> {
  const { root } = project
  const source = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Package
  const doors = [...Object.values(source.exports), ...Object.values(source.bin), ...SCRIPTS]
    .map((file) => path.posix.normalize(file))
    .filter((file) => file.endsWith('.ts'))
  const stage = stagePath(project.dist.kit)
  await sweep(project.dist.kit)
  try {
    await mkdir(stage, { recursive: true })
    const rest = new Set(doors)
    for (const { tsconfig, fits } of TARGETS) {
      const files = [...rest].filter(fits)
      for (const file of files) rest.delete(file)
      if (files.length === 0) continue
      await compile({
        root,
        tsconfig: path.join(root, tsconfig),
        // What declares modules that have no types of their own is imported by nobody.
        files: [...files, ...ambient(root, files)].map((file) => path.join(root, file)),
        outDir: stage,
        options: { declaration: true, sourceMap: true, inlineSources: true },
      })
    }
    await rm(path.join(stage, 'tsconfig.json'))
    await standAlone(stage)
    for (const file of Object.values(source.bin)) await chmod(path.join(stage, compiled(file)), 0o755)
    await writeFile(path.join(stage, 'package.json'), `${JSON.stringify(publishedPackage(source), undefined, 2)}\n`)
    for (const file of await readdir(root))
      if (/^(?:README|LICENSE)/.test(file)) await cp(path.join(root, file), path.join(stage, file))
    await takePlace(stage, project.dist.kit)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

/** Below the folders of the doors: a door's imports need them as well. */
const ambient = (root: string, files: string[]): string[] => [
  ...new Set(
    files.map((file) => path.dirname(file)).flatMap((folder) => globSync(`${folder}/**/*.d.ts`, { cwd: root })),
  ),
]

/** Makes of what the compiler wrote something that needs neither the sources nor a setting of whoever reads it. */
async function standAlone(folder: string): Promise<void> {
  for (const file of globSync('**/*.{js.map,d.ts}', { cwd: folder })) {
    const place = path.join(folder, file)
    const text = await readFile(place, 'utf8')
    if (file.endsWith('.map')) {
      // The text of the source is inside; its path led out of the package.
      const map = JSON.parse(text) as { sources: string[] }
      await writeFile(place, JSON.stringify({ ...map, sources: map.sources.map((source) => path.basename(source)) }))
    } else if (NODE_TYPES.test(text)) await writeFile(place, `/// <reference types="node" />\n${text}`)
  }
}

/** Since TypeScript 6 a program sees Node's types only where somebody names them. */
const NODE_TYPES = /\bBuffer(?:Encoding)?\b|\bNodeJS\.|['"]node:/

const compiled = (file: string): string => file.replace(/\.ts$/, '.js')

/** The package.json of what is published: same doors, leading to JavaScript; none of what only the project itself needs. */
export function publishedPackage(source: Package): Record<string, unknown> {
  const kept = Object.fromEntries(KEPT.flatMap((field) => (field in source ? [[field, source[field]]] : [])))
  const exports = Object.entries(source.exports).map(([door, file]): [string, unknown] => [
    door,
    file.endsWith('.ts') ? { types: file.replace(/\.ts$/, '.d.ts'), default: compiled(file) } : file,
  ])
  const bin = Object.entries(source.bin).map(([name, file]) => [name, compiled(file)])
  const doors = [...Object.values(source.exports), ...Object.values(source.bin)].filter((file) => file.endsWith('.ts'))
  const rooms = doors.map((file) => path.posix.normalize(file).split('/', 1)[0] ?? '')
  return {
    ...kept,
    files: [...new Set(rooms)].toSorted((a, b) => (a < b ? -1 : 1)),
    exports: Object.fromEntries(exports),
    bin: Object.fromEntries(bin),
    sideEffects: false,
  }
}
