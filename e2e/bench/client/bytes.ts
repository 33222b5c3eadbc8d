import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { type Figure, summarise } from '../figure.ts'

const root = path.join(import.meta.dirname, '../../..')

/** What a page downloads for `code`, by Vite's own settings. */
export interface Weight {
  /** Gzip bytes of all that runs before the first import() ends. */
  first: number
  /** Gzip bytes of what is fetched later, by import(), chunk by chunk. */
  later: Record<string, number>
}

/** Builds `code`, whose imports may name files of the project (`/client/…`) and packages, as a stranger's `vite build` would. */
export async function weigh(code: string): Promise<Weight> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'weigh',
        resolveId: (id) =>
          id === 'weigh:entry' ? `\0${id}` : id.startsWith('/client/') ? path.join(root, id) : undefined,
        load: (id) => (id === '\0weigh:entry' ? code : undefined),
      },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: 'weigh:entry' } },
  })
  const chunks = [result]
    .flat()
    .flatMap((part) => ('output' in part ? part.output : []))
    .flatMap((part) => (part.type === 'chunk' ? [part] : []))
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const first = new Set<string>()
  const take = (file: string) => {
    if (first.has(file)) return
    first.add(file)
    for (const next of byName.get(file)?.imports ?? []) take(next)
  }
  for (const { isEntry, fileName } of chunks) if (isEntry) take(fileName)
  const size = (file: string) => gzipSync(byName.get(file)?.code ?? '', { level: 9 }).length
  return {
    first: [...first].reduce((sum, file) => sum + size(file), 0),
    later: Object.fromEntries(
      chunks
        .map(({ fileName }) => fileName)
        .filter((file) => !first.has(file))
        .map((file) => [file, size(file)]),
    ),
  }
}

/** One line of the bench: what is fetched later is named beside it. */
export async function bytesFigure(name: string, code: string): Promise<Figure> {
  const { first, later } = await weigh(code)
  const parts = Object.values(later)
  const versus = parts.length > 0 ? `gzip -9; ${parts.join(' + ')} more by import()` : 'gzip -9'
  return summarise({ name, unit: 'bytes', versus, values: [first] })
}
