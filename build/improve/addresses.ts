import path from 'node:path'
import { decode } from './texts.ts'

/** An address in a page or stylesheet, and how to write another in the same manner. */
export interface Address {
  /** The file of the build that it means. */
  file: string
  /** What follows the path: a query, a fragment, or nothing. */
  rest: string
  /** The address of another file of the build, written as this one is: with the base, or relative to the text it stands in. */
  of: (file: string) => string
}

/**
 * @param from the text that the address stands in.
 * @returns undefined where the address leads out of the build.
 */
export function readAddress(url: string, from: string, base: string): Address | undefined {
  const [, address = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? []
  const isBased = base !== '' && base !== './' && address.startsWith(base)
  if (!isBased && (address === '' || /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(address))) return undefined
  const folder = path.posix.dirname(from)
  const file = isBased ? decode(address.slice(base.length)) : path.posix.join(folder, decode(address))
  if (file.startsWith('../')) return undefined
  return {
    file,
    rest,
    of: (target) => writeAddress(target, from, isBased ? base : ''),
  }
}

/** A built file's address as a text of the build writes it: with the base, or relative where that is. */
export function writeAddress(file: string, from: string, base: string): string {
  const encoded = file.split('/').map(encodeURIComponent).join('/')
  if (base !== '' && base !== './') return base + encoded
  const moved = path.posix.relative(path.posix.dirname(from), encoded)
  return moved.startsWith('.') ? moved : `./${moved}`
}
