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

const NAME = 'firstframe'
const STORE = 'outbox'

/** One in IndexedDB, shared by all pages of the origin and their worker. Opened when first used, and again after the browser closed it. */
export function storedJournal(): Journal {
  let opening: Promise<IDBDatabase> | undefined

  async function begin(mode: IDBTransactionMode, options?: IDBTransactionOptions): Promise<IDBTransaction> {
    const database = await (opening ??= open())
    return database.transaction(STORE, mode, options)
  }

  async function read<T>(work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = await begin('readonly')
    return result(work(transaction.objectStore(STORE)))
  }

  async function write<T>(work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = await begin('readwrite')
    const request = work(transaction.objectStore(STORE))
    // Not when the answer has come round: a tab that is killed in the next moment has stored it.
    transaction.commit()
    await done(transaction)
    return request.result
  }

  async function open(): Promise<IDBDatabase> {
    try {
      const request = indexedDB.open(NAME, 1)
      request.addEventListener('upgradeneeded', () =>
        request.result.createObjectStore(STORE, { keyPath: 'order', autoIncrement: true }),
      )
      const database = await result(request)
      const forget = () => (opening = undefined)
      // Emptied by the person, or wanted by a later release: the next use opens it anew.
      database.addEventListener('close', forget)
      database.addEventListener('versionchange', () => {
        database.close()
        forget()
      })
      return database
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  return {
    add: async (action) => Number(await write((store) => store.add(action))),
    async change(order, change) {
      // Strict: what is changed waits for a line, and has nothing else to fall back on when the power fails.
      const transaction = await begin('readwrite', { durability: 'strict' })
      const store = transaction.objectStore(STORE)
      const request = store.get(order) as IDBRequest<KeptAction | undefined>
      request.addEventListener('success', () => request.result && store.put({ ...request.result, ...change }))
      await done(transaction)
    },
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
    close: () => void opening?.then((database) => database.close()),
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

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(reason(request.error)))
  })

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(reason(transaction.error)))
  })

const reason = (error: DOMException | null) => error ?? new Error('outbox: IndexedDB failed without a reason')
