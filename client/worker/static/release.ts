import precache from 'virtual:firstframe/precache'
import type { Precache } from '../../../server/wire/manifest.ts'
import { decodeTable, type Row, type Table } from '../../../server/wire/table.ts'
import { type Copies, put } from './copies.ts'
import { hashIn, keyOf, SHELL, STATE, urlOf } from './names.ts'

declare const registration: ServiceWorkerRegistration

/** What a worker knows of a release. */
export interface Release {
  id: string
  /** Names of what was stored at install. */
  shell: ReadonlySet<string>
  /** Every file without a hash in its name. */
  rows: ReadonlyMap<string, Row>
}

/** In each shell, once it is whole: what it was made from. */
export const LIST = `${registration.scope}?list`
/** In the state: the release that was installed last, and the one that is answered from. */
export const LATEST = `${registration.scope}?latest`
const CURRENT = `${registration.scope}?current`

let opened: Promise<Release | undefined> | undefined
let known: Release | undefined

/** The release that is answered from. Undefined while its table is gone and cannot be had: then nothing is answered. */
export const current = (): Promise<Release | undefined> => (opened ??= openCurrent())

/** The same as far as it is known without waiting. */
export const currentNow = (): Release | undefined => known

/** From the next request on, this is the release that is answered from: also after the browser has stopped this worker. */
export const setCurrent = (id: string): Promise<void> => put(STATE, CURRENT, new Response(id))

/**
 * The release that was installed after the current one, if any.
 * Its own worker waits until all pages are closed; what it has stored need not: this worker can answer from it, from a page's document on.
 */
export async function newer(): Promise<string | undefined> {
  const [latest, now] = [await read(LATEST), await current()]
  return latest === now?.id ? undefined : latest
}

/** Goes over to a release whose shell is whole. One that cannot be read (of another format, or dropped) leaves things as they are. */
export async function goOver(id: string): Promise<void> {
  const release = await open(id)
  if (!release) return
  opened = Promise.resolve((known = release))
  await setCurrent(id)
  await dropOldShells(id)
}

async function openCurrent(): Promise<Release | undefined> {
  known = (await open((await read(CURRENT)) ?? precache.release)) ?? (await open(precache.release))
  if (!known) opened = undefined
  return known
}

async function open(id: string): Promise<Release | undefined> {
  try {
    const list =
      id === precache.release ? precache : ((await (await inShell(id, LIST))?.json()) as Precache | undefined)
    return list && { id, shell: new Set(list.shell.map(({ file }) => file)), rows: await readTable(list) }
  } catch {
    return undefined
  }
}

/** @throws where it is neither stored nor to be had, or of another format. */
export async function readTable({ release, table }: Precache): Promise<Release['rows']> {
  if (table === undefined) return new Map()
  const url = urlOf(table)
  const answer = (await inShell(release, url)) ?? (await fetch(url))
  return decodeTable((await answer.json()) as Table)
}

const inShell = (id: string, key: string) => caches.match(key, { cacheName: SHELL + id })
const read = async (key: string) => (await caches.match(key, { cacheName: STATE }).catch(() => undefined))?.text()

/** Drops the shells of old releases. The one before stays: pages of it may be open. `keys()` answers in the order of creation. */
export async function dropOldShells(id: string): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(SHELL) && name !== SHELL + id)
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)))
}

/** What may answer for a name. Undefined for what is neither a file of the release nor named like a built one. */
export function copiesOf({ rows }: Pick<Release, 'rows'>, name: string): Copies | undefined {
  const row = rows.get(name)
  const hash = row ? row.hash : hashIn(name)
  if (hash === undefined) return undefined
  const instead = row?.instead.map(({ file }): [string, string] => [hashIn(file) ?? '', urlOf(file)]) ?? []
  return new Map([...instead, [hash, keyOf(name, hash)]])
}
