import { findCacheBusters } from '../../reach/cacheBusters.ts'
import type { Finding } from '../finding.ts'
import type { Folder, Shipped } from '../folder.ts'
import { msOfBytes, msOfRequests } from '../line.ts'
import { namesOf, placeOf, wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

/** A hash as bundlers write it: eight or more letters and digits that are no word. */
const HASH = /[-._](?=[\w-]*\d|[\w-]*[A-Z][\w-]*[a-z]|[a-f]{8})[\w-]{8,}(?=\.\w+$)/
/** These keep their name: they are asked for by it. */
const FIXED =
  /(?:^|\/)(?:[^/]*\.html?|robots\.txt|favicon[^/]*|apple-touch-icon[^/]*|[^/]*\.webmanifest|manifest\.json|sitemap[^/]*|_headers|_redirects|CNAME|\.well-known\/.*|(?:sw|[\w-]*worker)\.m?js)$/i
/** Files whose names tell nothing of their content cost a request each to be sure. */
const FEW = 3
const LONGEST_NAME = 120

export const isFixed = (name: string): boolean => FIXED.test(name)

/** Files that a browser has to ask about at every visit, since the same name may have other bytes by then. */
export function plainNames(subject: Subject): Finding[] {
  const { folder, reached } = subject
  const files = reached.filter(
    ({ name, suffix }) =>
      !HASH.test(name) && !isFixed(name) && suffix !== 'map' && folder.manifest?.answers[name] === undefined,
  )
  if (files.length < FEW) return []
  return [
    {
      id: 'plain-name',
      where: placeOf(files),
      bytes: 0,
      ms: msOfRequests(files.length),
      what: `${count(files.length, 'file')} without a hash in the name, of ${bytesText(sum(files, ({ bytes }) => bytes))}, asked about again at every visit: ${someOf(namesOf(files))}.`,
      todo: wayOut(
        subject,
        'its worker knows the content of each by the manifest and answers from the device',
        'Build again: the manifest’s answers list every public file by its content, for the worker to answer from.',
      ),
    },
  ]
}

/** Queries that are new at each visit: no cache can answer. */
export function cacheBusters(subject: Subject): Finding[] {
  const { folder, reached } = subject
  const scripts = reached.filter(({ suffix }) => ['js', 'mjs', 'html'].includes(suffix))
  return scripts.flatMap((script): Finding[] => {
    const text = folder.textOf(script)
    const found = findCacheBusters([{ name: script.name, text }])
    const [first] = found
    if (!first) return []
    const named = found.flatMap(({ code }) => filesBefore(folder, text, code))
    // An address put together at run time can be that of any file with a plain name.
    const files = named.length > 0 ? [...new Set(named)] : reached.filter(isAsset)
    const bytes = sum(
      files.filter(({ name }) => !isAnswered(folder, name)),
      ({ sent }) => sent,
    )
    if (bytes === 0) return []
    return [
      {
        id: 'cache-buster',
        where: `${script.name}:${first.line}`,
        bytes,
        ms: msOfBytes(bytes),
        what: `${named.length > 0 ? '' : 'Up to '}${bytesText(bytes)} fetched again at each visit, past every cache, by a query that is new each time: ${first.code}`,
        todo: wayOut(
          subject,
          'its worker answers by the file, whatever the query',
          'Take the query out, or write a version there that changes with the release only.',
        ),
      },
    ]
  })
}

/** The kit's worker answers by the file, whatever the query. */
const isAnswered = ({ manifest }: Folder, name: string): boolean =>
  manifest?.worker !== undefined && manifest.answers[name] !== undefined

const isAsset = ({ name, suffix }: Shipped): boolean =>
  !HASH.test(name) && !isFixed(name) && !['js', 'mjs', 'css', 'map'].includes(suffix)

/** The file whose name stands before the query, if one does. */
function filesBefore(folder: Folder, text: string, code: string): Shipped[] {
  const at = text.indexOf(code.replace(/\}$/, ''))
  const [address = ''] = /[\w./@ -]*$/.exec(text.slice(Math.max(0, at - LONGEST_NAME), at)) ?? []
  const name = address.trim().replace(/^(?:\.{0,2}\/)+/, '')
  if (!/\.\w{1,5}$/.test(name)) return []
  return [...folder.files.values()].filter((file) => file.name === name || file.name.endsWith(`/${name}`))
}
