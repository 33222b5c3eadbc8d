import type { Finding } from '../finding.ts'
import { madeIn } from '../folder.ts'
import { LINE, msOfRequests, msOfTrips } from '../line.ts'
import type { Subject } from '../subject.ts'
import { namesOf, placeOf, wayOut } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'
import { isFixed } from './names.ts'

const SMALL = 10_000
/** Four rounds of six. */
const MANY = 24
const UNNAMED_WORTH = 100_000
/** What tells a static host which headers to send. */
const CONFIGURATIONS = [
  '_headers',
  'vercel.json',
  'netlify.toml',
  'staticwebapp.config.json',
  'firebase.json',
  '.htaccess',
]

/** Many small files of one folder: each waits for a round trip longer than for its bytes. */
export function smallFiles({ folder, reached }: Subject): Finding[] {
  const made = folder.manifest ? madeIn(folder.manifest) : new Set()
  const small = reached.filter(
    ({ name, suffix, sent }) =>
      !made.has(name) && ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif', 'svg', 'json'].includes(suffix) && sent < SMALL,
  )
  return [...Map.groupBy(small, ({ name }) => name.slice(0, name.lastIndexOf('/') + 1))]
    .filter(([, files]) => files.length >= MANY)
    .map(([folder, files]) => ({
      id: 'small-files',
      where: folder || '.',
      bytes: 0,
      ms: msOfRequests(files.length) - msOfTrips(1),
      what: `${files.length} files under ${bytesText(SMALL)}, fetched together, wait ${count(Math.ceil(files.length / LINE.connections), 'round trip')}, whatever their bytes: ${someOf(namesOf(files))}.`,
      todo: 'Pack those of a scene into one sheet (firstframe({ atlases })), or serve by HTTP/2 or 3, which asks for all at once.',
    }))
}

/** Files that no text of the build names: source art, leftovers. */
export function unnamed({ folder, reached }: Subject): Finding[] {
  const named = new Set(reached)
  const files = [...folder.files.values()].filter(
    (file) =>
      !named.has(file) &&
      !isFixed(file.name) &&
      !['map', 'md', 'txt'].includes(file.suffix) &&
      !/license/i.test(file.name),
  )
  const bytes = sum(files, ({ bytes }) => bytes)
  if (bytes < UNNAMED_WORTH) return []
  return [
    {
      id: 'unnamed',
      where: placeOf(files),
      bytes,
      ms: 0,
      what: `${count(files.length, 'file')} of ${bytesText(bytes)} that nothing in the build names, at no cost to players, but in each upload and each stock precache: ${someOf(namesOf(files))}.`,
      todo: 'Move source art out of the public folder; what play asks for by a name put together elsewhere, list in firstframe({ pictures: { include } }).',
    },
  ]
}

/** What a folder cannot show. */
export function hostHeaders(subject: Subject): Finding[] {
  const { folder } = subject
  if (CONFIGURATIONS.some((name) => folder.files.has(name)) || folder.files.size === 0) return []
  return [
    {
      id: 'host',
      where: '.',
      bytes: 0,
      ms: 0,
      what: 'How long browsers may keep each file is the host’s to say, and a folder does not show it: "Cache-Control: public, max-age=31536000, immutable" for names with a hash, "no-cache" for all others.',
      todo: wayOut(
        subject,
        '"firstframe serve" sends them, and "firstframe plan" prints the rules for other hosts',
        'Serve by "firstframe serve", or give the host the rules that "firstframe plan" prints.',
      ),
    },
  ]
}
