import { findSelfManaged } from '../../reach/selfManaged.ts'
import type { Finding } from '../finding.ts'
import type { Folder, Shipped } from '../folder.ts'
import { CONNECTING, msOfBytes, msOfTrips } from '../line.ts'
import { wayOut, type Subject } from '../subject.ts'
import { bytesText, count, sum } from '../words.ts'

/** An entry of a list that a stock plugin writes into the worker: `{url:"a.js",revision:null}`, in either order. */
const ENTRY = /\{\s*"?(?:revision|url)"?\s*:\s*(?:"[^"]*"|null)\s*,\s*"?(?:revision|url)"?\s*:\s*(?:"[^"]*"|null)\s*\}/g
const ENTRY_URL = /"?url"?\s*:\s*"([^"]*)"/
/** What a first scene needs is worth fetching ahead; this much beyond it is not. */
const BEYOND = 1_000_000

/** A worker that fetches all there is as soon as the page is open: it takes the line from the game. */
export function greedyPrecache(subject: Subject): Finding[] {
  const { folder, loads } = subject
  const needed = new Set([...loads.values()].flatMap((loaded) => loaded.map(({ file }) => file.name)))
  return folder.of('js', 'mjs').flatMap((worker): Finding[] => {
    const files = precached(folder, worker)
    const beyond = files.filter(({ name }) => !needed.has(name) && !folder.pages.has(name))
    const bytes = sum(beyond, ({ sent }) => sent)
    if (bytes < BEYOND) return []
    return [
      {
        id: 'precache',
        where: worker.name,
        bytes,
        // Workbox asks for one after the other (workbox#2880).
        ms: msOfTrips(beyond.length) + msOfBytes(bytes),
        what: `The service worker fetches ${count(files.length, 'file')} of ${bytesText(sum(files, ({ sent }) => sent))} at the first visit, ${bytesText(bytes)} of them not needed to start, while the game loads.`,
        todo: wayOut(
          subject,
          'its worker (firstframe({ worker })) keeps the shell at once and pictures only when they have been seen requested; take the stock one out',
          'Take the stock worker out: the kit’s own keeps the shell at once, and pictures only when they have been requested.',
        ),
      },
    ]
  })
}

/** Files of the list in a worker, each once. */
function precached(folder: Folder, worker: Shipped): Shipped[] {
  const text = folder.textOf(worker)
  if (!text.includes('revision')) return []
  const found = new Set<Shipped>()
  for (const [entry] of text.matchAll(ENTRY)) {
    const url = ENTRY_URL.exec(entry)?.[1]
    const file = url === undefined ? undefined : folder.locate(url, worker.name)
    if (file) found.add(file)
  }
  return [...found]
}

/** Without a worker each visit begins with the network. */
export function noWorker(subject: Subject): Finding[] {
  const { folder } = subject
  const [page] = folder.pages.keys()
  const texts = [...folder.of('html', 'htm', 'js', 'mjs')].map((file) => ({
    name: file.name,
    text: folder.textOf(file),
  }))
  if (page === undefined || folder.manifest?.worker !== undefined || findSelfManaged(texts).length > 0) return []
  const trips = CONNECTING + 1
  return [
    {
      id: 'no-worker',
      where: page,
      bytes: 0,
      ms: msOfTrips(trips),
      what: `No service worker: each further visit waits ${count(trips, 'round trip')} for the page before anything shows, and without a network nothing does.`,
      todo: wayOut(
        subject,
        'its worker answers further visits from the device',
        'Set firstframe({ worker: true }), or register worker.js with "firstframe/register".',
      ),
    },
  ]
}
