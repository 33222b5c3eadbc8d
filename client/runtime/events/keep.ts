import type { TrackedEvent } from '../../../server/wire/event.ts'
import { openRecords } from '../outbox/records.ts'

/** An event that has not had its 204. */
export interface KeptEvent {
  event: TrackedEvent & { id: string }
  /** Whose it is, where the page said so: told to the server with it. */
  owner?: string
}

/** Where events are until the server has them: in IndexedDB, for all pages of the origin, and in this page for what the browser does not store. */
export interface Keeper {
  /** Stored as soon as the browser can. */
  add(one: KeptEvent): void
  /** What this page has told, at once: a page on its way out cannot wait for a database. */
  own(): KeptEvent[]
  /** What any page has told, first told first. The oldest beyond {@link MOST} are dropped, and counted. */
  all(): Promise<KeptEvent[]>
  /** Rejects where the browser does not let go of them. */
  remove(those: readonly KeptEvent[]): Promise<void>
  /** Events dropped by this page. */
  readonly dropped: number
  close(): void
}

/** Some 300 KB: a day on a train. */
const MOST = 1000

export function keepEvents(): Keeper {
  const records = openRecords({ name: 'firstframe-events', store: 'event', keys: { keyPath: 'event.id' } })
  /** Told by this page, by id. */
  const own = new Map<string, KeptEvent>()
  /** Ids of those that the browser has stored. */
  const stored = new Set<string>()
  let dropped = 0

  async function remove(those: readonly KeptEvent[]) {
    for (const { event } of those) own.delete(event.id)
    const ids = those.map(({ event }) => event.id)
    await records.change((store) => {
      for (const id of ids) store.delete(id)
    })
    for (const id of ids) stored.delete(id)
  }

  /** Undefined where the browser stores nothing: what this page knows is then all there is. */
  async function read(): Promise<KeptEvent[] | undefined> {
    const before = [...stored]
    const there = await records.read((store) => store.getAll() as IDBRequest<KeptEvent[]>).catch(() => undefined)
    const ids = new Set(there?.map(({ event }) => event.id))
    // Another page has sent what is no longer there.
    for (const id of there ? before : []) if (!ids.has(id) && stored.delete(id)) own.delete(id)
    return there
  }

  return {
    get dropped() {
      return dropped
    },
    add(one) {
      const { id } = one.event
      own.set(id, one)
      records
        .write((store) => store.put(one))
        .then(
          () => stored.add(id),
          // Full, or forbidden: it lasts as long as the page.
          () => {},
        )
    },
    own: () => [...own.values()],
    async all() {
      const there = (await read()) ?? []
      // Ours first: of those that were told in the same millisecond it has the order.
      const known = new Map([...own.values(), ...there].map((one) => [one.event.id, one]))
      const all = [...known.values()].toSorted((one, other) => one.event.at - other.event.at)
      const oldest = all.splice(0, Math.max(0, all.length - MOST))
      dropped += oldest.length
      if (oldest.length > 0) await remove(oldest).catch(() => {})
      return all
    },
    remove,
    close: () => records.close(),
  }
}
