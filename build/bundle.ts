import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stripGraph } from './strip.ts'

interface SourceMap {
  file: string
  sources: string[]
  sourcesContent: string[]
}

/** What ncc calls its output's map, whatever the input is called. */
const NCC_MAP = 'index.js.map'

/**
 * Bundles a TypeScript module with all its packages into `outDir/name`, its source map beside it, and side chunks where ncc makes
 * some. ncc cannot read TypeScript 7, so the types are taken out first, under `workDir`.
 * @throws Error if ncc is not installed.
 */
export async function bundle(root: string, main: string, outDir: string, name: string, workDir: string): Promise<void> {
  const { default: ncc } = await import('@vercel/ncc').catch(() => {
    throw new Error('The server is bundled by ncc, which is not there: npm install -D @vercel/ncc')
  })
  const written = await stripGraph(root, main, workDir)
  const input = path.join(workDir, written.get(path.relative(root, main)) ?? '')
  const options = { quiet: true, cache: false, sourceMap: true, sourceMapRegister: false, target: 'es2024' } as const
  const { code, map = '{}', assets } = await ncc(input, options)

  const sources = new Map([...written].map(([source, target]) => [path.join(workDir, target), source]))
  await mkdir(outDir, { recursive: true })
  const pointer = code.lastIndexOf(NCC_MAP)
  await writeFile(path.join(outDir, name), `${code.slice(0, pointer)}${name}.map\n`)
  await writeFile(path.join(outDir, `${name}.map`), await renameSources(JSON.parse(map) as SourceMap, root, sources))
  for (const [file, { source }] of Object.entries(assets)) {
    if (file === 'package.json' || file === NCC_MAP) continue
    await mkdir(path.dirname(path.join(outDir, file)), { recursive: true })
    const isMap = file.endsWith('.js.map')
    const content = isMap ? await renameSources(JSON.parse(String(source)) as SourceMap, root, sources) : source
    await writeFile(path.join(outDir, file), content)
  }
}

/** Has the map name the files that were written, by their place in the project, with their own text. */
async function renameSources(map: SourceMap, root: string, sources: Map<string, string>): Promise<string> {
  for (const [index, name] of map.sources.entries()) {
    // As seen from some folder within the working folder.
    const absolute = path.resolve(process.cwd(), 'bundle', name)
    const source = sources.get(absolute)
    map.sources[index] = source ?? path.relative(root, absolute)
    if (source !== undefined) map.sourcesContent[index] = await readFile(path.join(root, source), 'utf8')
  }
  return JSON.stringify(map)
}

if (import.meta.main) {
  const [root = '', main = '', outDir = '', name = '', workDir = ''] = process.argv.slice(2)
  await bundle(root, main, outDir, name, workDir)
}
