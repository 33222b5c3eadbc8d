import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { SUFFIXES, type Built, type Coding } from './built.ts'
import { linksOf } from './links.ts'
import { cacheHeaders } from './policy.ts'
import { contentType } from './types.ts'
import { encodePath } from './urls.ts'

/** One way to send a file. */
export interface Body {
  file: string
  headers: Record<string, string>
  size: number
  etag: string
}

/** One form of what a name stands for. */
export interface Representation {
  type: string
  plain: Body
  encoded: Partial<Record<Coding, Body>>
  /** Smallest first. */
  codings: Coding[]
}

/** All that may be sent for a name. */
export interface Resource extends Representation {
  /** What may be sent in its place, smallest first. */
  instead: Representation[]
  /** `Link` values of a document. */
  links: string[]
}

/** Everything that can be asked for, by path relative to the folder, with headers and validators made. */
export function readResources(built: Built, base: string): Map<string, Resource> {
  const tagOf = tagsFor(built)
  return new Map(Array.from(built.names, (name) => [name, resourceOf(name)]))

  function resourceOf(name: string): Resource {
    const instead = built.manifest?.answers[name]?.instead ?? []
    const files = [{ file: name, type: contentType(name) }, ...instead]
    const links = linksOf(built, name, base)
    // One list for all of them: a cache may be asked for any once it has one.
    const vary = [
      ...(instead.length > 0 ? ['Accept'] : []),
      ...(files.some(({ file }) => built.codingsOf(file).length > 0) ? ['Accept-Encoding'] : []),
    ]
    const headers: Record<string, string> = {
      'X-Content-Type-Options': 'nosniff',
      'Accept-Ranges': 'bytes',
      ...cacheHeaders(name, built.isHashed),
      ...(vary.length > 0 && { Vary: vary.join(', ') }),
      ...(links.length > 0 && { Link: links.join(', ') }),
    }
    const [own, ...others] = files.map(({ file, type }) =>
      representation(file, type, { ...headers, ...(file !== name && { 'Content-Location': base + encodePath(file) }) }),
    )
    return { ...(own as Representation), instead: others, links }
  }

  function representation(name: string, type: string, headers: Record<string, string>): Representation {
    const tag = tagOf(name)
    const body = (suffix: string, more: Record<string, string>): Body => {
      const file = path.join(built.dir, name + suffix)
      const { size } = statSync(file)
      const etag = `"${tag}${suffix}"`
      const own = { 'Content-Type': type, ETag: etag, 'Content-Length': String(size) }
      return { file, size, etag, headers: { ...headers, ...own, ...more } }
    }
    const codings = built.codingsOf(name)
    const encoded: Representation['encoded'] = {}
    for (const coding of codings) encoded[coding] = body(SUFFIXES[coding], { 'Content-Encoding': coding })
    return { type, plain: body('', {}), encoded, codings }
  }
}

/**
 * What tells a file's bytes from others'. A hashed name says it all; for a public file the manifest does, unless someone has changed it since
 * the build. Reading them all would cost the start a second for every gigabyte of art.
 */
function tagsFor({ dir, manifest, isHashed }: Built): (name: string) => string {
  const built = manifest ? statSync(path.join(dir, 'manifest.json')).mtimeMs : 0
  const digest = (content: string | Buffer): string =>
    createHash('sha256').update(content).digest('base64url').slice(0, 16)
  return (name) => {
    if (isHashed(name)) return digest(name)
    const file = path.join(dir, name)
    const answer = manifest?.answers[name]
    if (!answer) return digest(readFileSync(file))
    const { size, mtimeMs } = statSync(file)
    const isAsBuilt = size === answer.bytes && mtimeMs <= built
    return isAsBuilt ? answer.hash : createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8)
  }
}
