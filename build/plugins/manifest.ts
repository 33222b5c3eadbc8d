import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin, Rolldown } from 'vite'
import type { Answer, Document, Entry, Manifest } from '../../server/wire/manifest.ts'
import { filesOf } from '../cssUrls.ts'
import { findEntries } from './layout.ts'
import { fromRoot, type State } from '../state.ts'

export const MANIFEST = 'manifest.json'

const FONT = /\.(?:woff2?|ttf|otf)$/
/** Only a name that carries the hash that `layout.ts` asks for may be listed: all else must be revalidated. */
const HASHED = /-[0-9a-f]{8}\.[^/]+$/

/** Collects the scripts, styles and other hashed files of the bundle for the delivery manifest. */
export function manifest(state: State): Plugin {
  return {
    name: 'firstframe:manifest',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        if (this.environment.config.consumer !== 'client') return
        collect(state, bundle)
      },
    },
  }
}

function collect(state: State, bundle: Rolldown.OutputBundle): void {
  const { options, config } = state
  const critical = new Set(
    findEntries({ entries: [], critical: options.critical }, config.root).map((file) => fromRoot(state, file)),
  )
  const declared = new Set(findEntries(options, config.root).map((file) => fromRoot(state, file)))
  const styles: [string, Rolldown.OutputAsset][] = []
  const sourceOf = new Map<string, string>()

  for (const output of Object.values(bundle)) {
    state.built.add(output.fileName)
    if (output.type === 'asset') state.graph.set(output.fileName, originOf(state, output))
    const bytes = Buffer.byteLength(output.type === 'chunk' ? output.code : output.source)
    if (
      output.type === 'chunk' &&
      output.isEntry &&
      output.facadeModuleId !== null &&
      path.isAbsolute(output.facadeModuleId)
    ) {
      const imports = staticImports(output, bundle)
      const css = [output, ...imports.map((file) => bundle[file])].flatMap((part) =>
        part?.type === 'chunk' ? Array.from(part.viteMetadata?.importedCss ?? []) : [],
      )
      state.entries[fromRoot(state, output.facadeModuleId)] = {
        kind: 'script',
        file: output.fileName,
        bytes,
        ...(imports.length > 0 && { imports }),
        ...(css.length > 0 && { css: [...new Set(css)] }),
      }
      continue
    }
    const name = nameOf(state, output)
    if (output.type === 'asset' && declared.has(name)) styles.push([name, output])
    else if (HASHED.test(output.fileName))
      state.files[unique(state, name, output.fileName)] = { file: output.fileName, bytes }
    sourceOf.set(output.fileName, name)
  }
  for (const [name, asset] of styles) {
    const text = String(asset.source)
    const fonts = filesOf(text, asset.fileName).flatMap((file) => (FONT.test(file) ? (sourceOf.get(file) ?? []) : []))
    const entry: Entry = { kind: 'style', file: asset.fileName, bytes: Buffer.byteLength(text) }
    if (critical.has(name)) entry.inline = ''
    if (fonts.length > 0) entry.fonts = fonts
    state.entries[name] = entry
  }
}

function originOf(state: State, { originalFileNames: [source] }: Rolldown.OutputAsset): string | undefined {
  return source !== undefined && path.isAbsolute(source) ? fromRoot(state, source) : source
}

/** Files that a script imports, through others too, deepest first: the order in which a browser can run them. */
function staticImports(chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle, seen = new Set<string>()): string[] {
  return chunk.imports.flatMap((file) => {
    const imported = bundle[file]
    if (seen.has(file) || imported?.type !== 'chunk') return []
    seen.add(file)
    return [...staticImports(imported, bundle, seen), file]
  })
}

/** A file's name in the manifest: its source where it has one, else its chunk's name behind an underscore. */
function nameOf(state: State, output: Rolldown.OutputChunk | Rolldown.OutputAsset): string {
  if (output.type === 'chunk') {
    const facade = output.facadeModuleId
    return facade !== null && path.isAbsolute(facade) ? fromRoot(state, facade) : `_${output.name}.js`
  }
  const [source] = output.originalFileNames
  if (source === undefined) return output.names[0] === undefined ? output.fileName : `_${output.names[0]}`
  const extension = path.extname(output.fileName)
  // The styles of a dynamically imported script name that script as their source.
  return path.extname(source) === extension || extension !== '.css' ? source : source.replace(/\.\w+$/, '.css')
}

/** Two outputs of one source (a map beside its script) must not hide each other. */
const unique = (state: State, name: string, file: string): string => (state.files[name] ? file : name)

/** @throws Error if the project's public folder brings a file of the manifest's name. */
export function checkRoom(outDir: string): void {
  if (existsSync(path.join(outDir, MANIFEST)))
    throw new Error(
      `The public folder holds a ${MANIFEST}, which is the delivery manifest's name: call a web app manifest app.webmanifest`,
    )
}

/** Hash of every file in `outDir`, by path, and of `more`: the build's name. */
export async function nameRelease(outDir: string, more: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  for (const file of files.toSorted()) {
    const bytes = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    hash.update(`${path.relative(outDir, file).replaceAll(path.sep, '/')} ${bytes}\n`)
  }
  return hash.update(more).digest('hex').slice(0, 12)
}

/** What {@link writeManifest} is told besides what the bundle has told. */
export interface Delivery {
  release: string
  answers: Record<string, Answer>
  documents: Record<string, Document>
  importMap: Record<string, string> | undefined
  /** File of the service worker. */
  worker: string | undefined
}

export async function writeManifest(state: State, outDir: string, delivery: Delivery): Promise<Manifest> {
  const { entries, images, files } = state
  const { release, answers, documents, importMap, worker } = delivery
  const made: Manifest = {
    format: 2,
    release,
    entries: sorted(entries),
    images: sorted(images),
    files: sorted(files),
    answers: sorted(answers),
    documents: sorted(documents),
    ...(importMap && { importMap: sorted(importMap) }),
    ...(worker !== undefined && { worker }),
  }
  await writeFile(path.join(outDir, MANIFEST), `${JSON.stringify(made, undefined, 1)}\n`)
  return made
}

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
