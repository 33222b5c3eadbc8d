import { openRecords } from './records.ts'

/** An action as it is stored. */
export interface KeptAction {
  /** Order of sending; given by the journal. */
  order: number
  url: string
  method: string
  /** Urlencoded. */
  body: string
  /** Idempotency key: sent twice, it is applied once. */
  key: string
  /** What was pressed, in the page's words. */
  label: string
  /** When, in ms since the epoch. */
  at: number
  /** The tab it was done in. */
  tab: string
  /** True while that tab awaits the answer by itself: nobody else sends it as long as the tab lives. */
  isUnderWay: boolean
  /** When it was first sent: from then on the server may have applied it. 0 where it was not. */
  triedAt: number
  /** Whose it is: what the part `ownerPart` of the page said in `data-owner`. Absent where pages do not say. */
  owner?: string
  ownerPart?: string
  /** The server's answer, once it has said no, until a page has shown it. Null where it was too old to be sent. */
  refused?: string | null
}

/** Where actions are kept, first come first served. Every method rejects where the storage fails. */
export interface Journal {
  /** @returns the action's order. */
  add(action: Omit<KeptAction, 'order'>): Promise<number>
  /** Changes what is there, in one step. Undefined where it is gone by now. */
  change(order: number, change: Partial<KeptAction>): Promise<void>
  remove(order: number): Promise<void>
  /** The first action that comes after `order`. */
  after(order: number): Promise<KeptAction | undefined>
  all(): Promise<KeptAction[]>
  close(): void
}

/** One in IndexedDB, shared by all pages of the origin and their worker. */
export function storedJournal(): Journal {
  const { read, write, change, close } = openRecords({
    name: 'firstframe',
    store: 'outbox',
    keys: { keyPath: 'order', autoIncrement: true },
  })
  return {
    add: async (action) => Number(await write((store) => store.add(action))),
    // Strict: what is changed waits for a line, and has nothing else to fall back on when the power fails.
    change: (order, changed) =>
      change((store) => {
        const request = store.get(order) as IDBRequest<KeptAction | undefined>
        request.addEventListener('success', () => request.result && store.put({ ...request.result, ...changed }))
      }, 'strict'),
    remove: (order) => write((store) => store.delete(order)),
    async after(order) {
      for (;;) {
        const cursor = await read((store) => store.openCursor(IDBKeyRange.lowerBound(order, true)))
        if (!cursor) return undefined
        if (isAction(cursor.value)) return cursor.value
        await write((store) => store.delete(cursor.primaryKey))
      }
    },
    async all() {
      const records: unknown[] = await read((store) => store.getAll())
      return records.filter(isAction)
    },
    close,
  }
}

/** One that lasts as long as the page, for browsers that store nothing. */
export function passingJournal(): Journal {
  const actions = new Map<number, KeptAction>()
  let last = 0
  return {
    async add(action) {
      actions.set(++last, { ...action, order: last })
      return last
    },
    async change(order, change) {
      const action = actions.get(order)
      if (action) actions.set(order, { ...action, ...change })
    },
    remove: async (order) => void actions.delete(order),
    after: async (order) => [...actions.values()].find((action) => action.order > order),
    all: async () => [...actions.values()],
    close: () => actions.clear(),
  }
}

/** Whatever else lies there cannot be sent: another program's, or of a disk that failed. */
function isAction(record: unknown): record is KeptAction {
  const { order, at, triedAt, ...rest } = record as Record<string, unknown>
  return (
    Number.isInteger(order) &&
    Number.isFinite(at) &&
    Number.isFinite(triedAt) &&
    ['url', 'method', 'body', 'key', 'label', 'tab'].every((name) => typeof rest[name] === 'string') &&
    URL.parse(String(rest['url']))?.origin === location.origin
  )
}
