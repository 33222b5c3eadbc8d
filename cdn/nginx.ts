import path from 'node:path'
import type { Answer } from '../server/wire/manifest.ts'
import { SUFFIXES, type Built } from './built.ts'
import { linksOf } from './links.ts'
import { CODINGS, takes, takesCoding, takesType } from './nginxChoice.ts'
import { block, escapeRegex, exactly, quote, value } from './nginxSyntax.ts'
import { cacheHeaders, HASHED_NAME } from './policy.ts'
import { contentType, TYPES } from './types.ts'
import { encodePath } from './urls.ts'

export interface NginxOptions {
  /** As in nginx's directive: `80`, `127.0.0.1:8080`. Default `80`. */
  listen?: string
  /** Path under which the folder is served, with a slash at both ends. Default `/`. */
  base?: string
}

/**
 * What the `http` block of nginx (1.22 or later, no module added) includes to serve a build as the origin does: the choice by `Accept`,
 * precompressed siblings, caching, `Link`. Both choices are made by `try_files`, whose candidates lead nowhere where the caller does not
 * take them (`nginxChoice.ts`). Names are looked up by `location =`, since a `map` ignores case.
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files
 */
export function nginxConfig(built: Built, { listen = '80', base = '/' }: NginxOptions = {}): string {
  const answers = Object.entries(built.manifest?.answers ?? {}).filter(
    ([name, { instead }]) => instead.length > 0 && built.names.has(name),
  )
  const others = answers.flatMap(([, { instead }]) => instead)
  const types = new Set(others.map(({ type }) => type))
  const files = new Set(others.map(({ file }) => file))
  const encoded = [...built.names].filter((name) => built.codingsOf(name).length > 0)
  const extensions = new Set(encoded.map((name) => path.posix.extname(name).toLowerCase()).filter(Boolean))
  const policy = policyMaps(built)
  const lines = [
    `# From the manifest of release ${built.manifest?.release ?? 'none'}, by "firstframe plan --for nginx": for the http block, once.`,
    '# There is no other way to write this sign in a value.',
    'geo $ff_dollar { default "$"; }',
    ...block('map $uri $ff_name', ['default $uri;', '"~/$" "${uri}index.html";']),
    ...Array.from(types, takesType).flat(),
    ...CODINGS.flatMap(takesCoding),
    ...sentMaps(files, base),
    ...policy.flatMap(({ map }) => map),
    // Asked for a second time where a range turns out to be beyond the end.
    ...block('map $status $ff_caching', ['volatile;', 'default $ff_cache_control;', '"~^[45]" no-store;']),
    ...linkMap(built, base),
    ...block('server', [
      `listen ${listen};`,
      `root ${value(path.resolve(built.dir))};`,
      'max_ranges 1;',
      'default_type application/octet-stream;',
      ...block(
        'types',
        Object.entries(TYPES).map(([extension, type]) => `${quote(type)} ${extension};`),
      ),
      'add_header X-Content-Type-Options nosniff;',
      'add_header Cache-Control $ff_caching always;',
      'add_header Vary $ff_vary;',
      'add_header Content-Encoding $ff_coding;',
      'add_header Content-Location $ff_location;',
      'add_header Link $ff_link;',
      ...policy
        .filter(({ header }) => header !== 'Cache-Control')
        .map(({ header, name }) => `add_header ${header} ${name};`),
      ...stripBase(base),
      '# What is asked for; $uri becomes what is sent.',
      'set $ff_asked $ff_name;',
      'set $ff_vary "";',
      ...block('location /', ['try_files $ff_asked =404;']),
      ...block(`location ~ ${quote('/\\.(?!well-known/)|^/_(?:headers|redirects)$')}`, ['return 404;']),
      ...block(`location ~ ${quote('^(?<ff_plain>.+)\\.(?:zst|br|gz)$')}`, [
        'if (-f $document_root$ff_plain) { return 404; }',
        'try_files $ff_asked =404;',
      ]),
      ...Array.from(extensions, encodedLocation).flat(),
      ...answers.flatMap(([name, answer]) => answerLocation(name, answer, built)),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

/** What becomes of the file that `try_files` found, told by asked and sent side by side: `/main.js` and `/main.js.br`. */
function sentMaps(files: Set<string>, base: string): string[] {
  return [
    ...block('map "$ff_asked/$uri" $ff_coding', [
      'default "";',
      ...CODINGS.map((coding) => `${quote(`~^(.+)/\\1${escapeRegex(SUFFIXES[coding])}$`)} ${coding};`),
    ]),
    ...block('map "$ff_asked/$uri" $ff_location', [
      'default "";',
      `${quote('~^(.+)/\\1(?:\\.(?:zst|br|gz))?$')} "";`,
      ...[...files]
        .filter((file) => encodePath(file) !== file)
        .map((file) => `${quote(`~//${escapeRegex(file)}$`)} ${value(base + encodePath(file))};`),
      `"~//(?<ff_sent>.+)$" "${base}$ff_sent";`,
    ]),
  ]
}

/** The policy: what is so for hashed files, by the folders they are in; other files there whose names look like theirs come first. */
function policyMaps({ names, isHashed }: Built): { header: string; name: string; map: string[] }[] {
  const hashed = [...names].filter(isHashed)
  const folders = [...new Set(hashed.map((file) => file.slice(0, file.lastIndexOf('/') + 1)))]
  const patterns = folders.map((folder) => `^/${escapeRegex(folder)}[^/]*${HASHED_NAME.source}`)
  const fits = patterns.map((pattern) => new RegExp(pattern))
  const others = [...names].filter((name) => !isHashed(name) && fits.some((pattern) => pattern.test(`/${name}`)))
  const plain = cacheHeaders('', isHashed)
  return Object.entries({ ...plain, ...cacheHeaders(hashed[0] ?? '', isHashed) }).map(([header, forHashed]) => {
    const name = `$ff_${header.toLowerCase().replaceAll('-', '_')}`
    const usual = value(plain[header] ?? '')
    const entries = [
      ...others.map((other) => `${exactly(other)} ${usual};`),
      ...patterns.map((pattern) => `${quote(`~${pattern}`)} ${value(forHashed)};`),
    ]
    return { header, name, map: block(`map $ff_asked ${name}`, [`default ${usual};`, ...entries]) }
  })
}

function linkMap(built: Built, base: string): string[] {
  const entries = built.documents.flatMap((document) => {
    const links = linksOf(built, document, base)
    return links.length > 0 ? [`${exactly(document)} ${value(links.join(', '))};`] : []
  })
  return block('map $ff_asked $ff_link', ['default "";', ...entries])
}

const stripBase = (base: string): string[] =>
  base === '/'
    ? []
    : [
        `if ($uri !~ ${quote(`^${escapeRegex(decodeURI(base))}`)}) { return 404; }`,
        `rewrite ${quote(`^${escapeRegex(decodeURI(base))}(.*)$`)} /$1;`,
      ]

/** A sibling's own extension says nothing of what it holds. */
function encodedLocation(extension: string): string[] {
  const end = escapeRegex(extension)
  return block(`location ~* ${quote(extension === '.html' ? `(?:/|${end})$` : `${end}$`)}`, [
    'types { }',
    `default_type ${quote(contentType(extension))};`,
    'set $ff_vary Accept-Encoding;',
    `try_files ${OWN} =404;`,
  ])
}

/** The name's own bytes, the siblings first. */
const OWN = [...CODINGS.map((coding) => `$ff_asked${takes(coding)}`), '$ff_asked'].join(' ')

function answerLocation(name: string, { instead }: Answer, built: Built): string[] {
  const isEncoded = built.codingsOf(name).length > 0
  const others = instead.map(({ type, file }) => value(`/${file}`, takes(type)))
  return block(`location = ${quote(`/${name}`)}`, [
    ...(isEncoded
      ? [
          ...block('types', [
            ...new Set(instead.map(({ type, file }) => `${type} ${path.posix.extname(file).slice(1)};`)),
          ]),
          `default_type ${quote(contentType(name))};`,
        ]
      : []),
    `set $ff_vary ${isEncoded ? '"Accept, Accept-Encoding"' : 'Accept'};`,
    `try_files ${others.join(' ')} ${isEncoded ? OWN : '$ff_asked'} =404;`,
  ])
}
