import { UNIVERSAL } from '../server/wire/negotiate.ts'
import { SUFFIXES, type Coding } from './built.ts'
import { block, escapeRegex, quote } from './nginxSyntax.ts'

/** Usually the smallest first: nginx knows no sizes. */
export const CODINGS: Coding[] = ['br', 'zstd', 'gzip']
/** Part of a path where nothing ever is: so `try_files` passes over what the caller does not take. */
const NOWHERE = '/.untaken'

/** As `chooseInstead` reads `Accept`: what is named decides, then the range it belongs to, then the range of all. */
export function takesType(type: string): string[] {
  const names = UNIVERSAL.has(type) ? [type, type.replace(/\/.*/, '/*'), '*/*'] : [type]
  return block(`map $http_accept ${takes(type)}`, [`default ${NOWHERE};`, ...weighed('(?:^|,)\\s*', names, '""')])
}

/** A range is one of the file as it is: with a Range header before the space, nothing fits. */
export function takesCoding(coding: Coding): string[] {
  return block(`map "$http_range $http_accept_encoding" ${takes(coding)}`, [
    `default ${NOWHERE};`,
    ...weighed('^ (?:.*,)?\\s*', [coding, '*'], SUFFIXES[coding]),
  ])
}

/** Entries for the first of `names` that a list of preferences has: `taken` with a q above 0, {@link NOWHERE} with one of 0. */
function weighed(start: string, names: string[], taken: string): string[] {
  return names.flatMap((name) => {
    const item = `${start}${escapeRegex(name)}\\s*`
    const positive = '(?:;(?!\\s*q=)[^;,]*)*(?:;\\s*q=(?=[\\d.]*[1-9])\\d*\\.?\\d*\\s*(?:;[^,]*)?)?(?:,|$)'
    return [`${quote(`~*${item}${positive}`)} ${taken};`, `${quote(`~*${item}(?:[;,]|$)`)} ${NOWHERE};`]
  })
}

/** The variable that says whether the caller takes a type or a coding. */
export function takes(what: string): string {
  return `$ff_${what.replaceAll(/\W/g, '_')}`
}
