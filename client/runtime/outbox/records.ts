/** One store of a database of its own in IndexedDB, shared by all pages of the origin and their worker. */
export interface Records {
  read: <T>(work: (store: IDBObjectStore) => IDBRequest<T>) => Promise<T>
  /** Resolves when all that `work` asks for is stored; what it returns is the result of the request that it returned. */
  write: <T>(work: (store: IDBObjectStore) => IDBRequest<T>) => Promise<T>
  /** As {@link Records.write}, and `work` may go on in its requests' events. `strict`: the power may fail right after it. */
  change: (work: (store: IDBObjectStore) => void, durability?: IDBTransactionDurability) => Promise<void>
  close: () => void
}

export interface RecordsOptions {
  /** Of the database. */
  name: string
  store: string
  keys: IDBObjectStoreParameters
}

/** Opened when first used, and again after the browser closed it. Every method rejects where the storage fails. */
export function openRecords({ name, store, keys }: RecordsOptions): Records {
  let opening: Promise<IDBDatabase> | undefined

  async function begin(mode: IDBTransactionMode, options?: IDBTransactionOptions): Promise<IDBTransaction> {
    const database = await (opening ??= open())
    return database.transaction(store, mode, options)
  }

  async function open(): Promise<IDBDatabase> {
    try {
      const request = indexedDB.open(name, 1)
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore(store, keys))
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
    async read(work) {
      const transaction = await begin('readonly')
      return result(work(transaction.objectStore(store)))
    },
    async write(work) {
      const transaction = await begin('readwrite')
      const request = work(transaction.objectStore(store))
      // Not when the answer has come round: a tab that is killed in the next moment has stored it.
      transaction.commit()
      await done(transaction)
      return request.result
    },
    async change(work, durability = 'default') {
      const transaction = await begin('readwrite', { durability })
      work(transaction.objectStore(store))
      await done(transaction)
    },
    close: () => void opening?.then((database) => database.close()),
  }
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

const reason = (error: DOMException | null) => error ?? new Error('firstframe: IndexedDB failed without a reason')
