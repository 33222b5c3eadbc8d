import { MET, STATE } from './names.ts'

declare const registration: ServiceWorkerRegistration

/** What is kept of what was met: beyond that, the longest unused goes first. */
export const MOST = {
  entries: 4000,
  bytes: 400 * 2 ** 20,
  /** A file with more bytes is not kept: it would be held in memory to be checked. */
  file: 32 * 2 ** 20,
}
/** Goes down to this part of it at once, so that not each new file is a reason to look again. */
const DOWN_TO = 0.8
const PAUSE = 1000
/** Which file was used longest ago is told well enough by the hour. Ms. */
const HOUR = 60 * 60_000

type Bounds = Pick<typeof MOST, 'entries' | 'bytes'>
/** Bytes, and when last used in ms, by key. */
type Ledger = Record<string, [bytes: number, at: number]>

const LEDGER = `${registration.scope}?ledger`
let reading: Promise<Ledger> | undefined
let writing: Promise<void> | undefined
let making: Promise<void> | undefined

/** Remembers that a file was used, or stored with so many bytes. Written a second later, with what follows by then. */
export async function note(key: string, bytes?: number): Promise<void> {
  const ledger = await read()
  const [size, at] = ledger[key] ?? [0, 0]
  if (bytes === undefined && at > Date.now() - HOUR) return
  ledger[key] = [bytes ?? size, Date.now()]
  await (writing ??= write())
}

async function write(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE))
  writing = undefined
  const rows = Object.values(await read())
  if (rows.length > MOST.entries || sum(rows) > MOST.bytes) await makeRoom(MOST)
  else await save()
}

/** Drops the longest unused until there is less than `most`, by default less than there is. Once for all who ask meanwhile. */
export const makeRoom = (most?: Bounds): Promise<void> => (making ??= drop(most).finally(() => (making = undefined)))

async function drop(most?: Bounds): Promise<void> {
  const ledger = await read()
  const cache = await caches.open(MET)
  // A worker that was stopped before it could write has left files of which nothing is known: those go first.
  for (const { url } of await cache.keys()) ledger[url] ??= [0, 0]
  const { entries, bytes } = most ?? { entries: Infinity, bytes: sum(Object.values(ledger)) }
  let left = entries * DOWN_TO
  let room = bytes * DOWN_TO
  for (const [key, [size]] of Object.entries(ledger).sort(([, [, a]], [, [, b]]) => b - a)) {
    left -= 1
    room -= size
    if (left >= 0 && room >= 0) continue
    await cache.delete(key, { ignoreVary: true })
    delete ledger[key]
  }
  await save()
}

const sum = (rows: Ledger[string][]) => rows.reduce((total, [bytes]) => total + bytes, 0)

const read = (): Promise<Ledger> =>
  (reading ??= caches
    .match(LEDGER, { cacheName: STATE })
    .then(async (text) => (text ? ((await text.json()) as Ledger) : {})))

async function save(): Promise<void> {
  const text = JSON.stringify(await read())
  // Without it, use is forgotten, and no more than that.
  await caches
    .open(STATE)
    .then((cache) => cache.put(LEDGER, new Response(text)))
    .catch(() => {})
}
