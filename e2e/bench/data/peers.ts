import { connect } from 'node:net'

// The clients that npm has for memcached, each as its own documentation says it is fastest, behind one shape.

/** What is measured of a client. */
export interface Client {
  name: string
  get(key: string): Promise<unknown>
  getMany(keys: string[]): Promise<unknown>
  set(key: string, value: Buffer): Promise<unknown>
  close(): unknown
}

interface Memcache {
  get(key: string): Promise<unknown>
  gets(keys: string[]): Promise<Map<string, unknown>>
  set(key: string, value: string): Promise<boolean>
  disconnect(): Promise<void>
}

interface MemcacheClient {
  get(key: string | string[]): Promise<unknown>
  set(key: string, value: Buffer): Promise<unknown>
  shutdown(): void
}

type Callback = (error: unknown, value: unknown) => void
interface Memcached {
  get(key: string, callback: Callback): void
  getMulti(keys: string[], callback: Callback): void
  set(key: string, value: Buffer, lifetime: number, callback: Callback): void
  end(): void
}

interface Memjs {
  get(key: string): Promise<unknown>
  set(key: string, value: Buffer, options: object): Promise<unknown>
  close(): void
}

const promised = (ask: (callback: Callback) => void): Promise<unknown> =>
  new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))))

/** All of them, connected to the memcached at `port`. */
export async function peers(port: number): Promise<Client[]> {
  // By names that are no literals: they are installed when a bench runs, not with the project.
  const load = async (name: string) => (await import(name)) as Record<string, unknown>
  const [memcache, memcacheClient, memcached, memjs] = await Promise.all(
    ['memcache', 'memcache-client', 'memcached', 'memjs'].map(load),
  )
  return [
    ofMemcache(memcache?.['Memcache'] as new (options: object) => Memcache, port),
    ofMemcacheClient(constructorOf(memcacheClient, 'MemcacheClient'), port),
    ofMemcached(memcached?.['default'] as new (server: string, options: object) => Memcached, port),
    ofMemjs((memjs?.['default'] ?? memjs) as { Client: { create(servers: string, options: object): Memjs } }, port),
  ]
}

function constructorOf(
  module: Record<string, unknown> | undefined,
  name: string,
): new (options: object) => MemcacheClient {
  const outer = module?.['default'] as Record<string, unknown> | undefined
  return (module?.[name] ?? outer?.[name] ?? outer?.['default'] ?? outer) as new (options: object) => MemcacheClient
}

function ofMemcache(Client: new (options: object) => Memcache, port: number): Client {
  const client = new Client({ nodes: [`127.0.0.1:${port}`], timeout: 5000 })
  return {
    name: 'memcache 1.10.0',
    get: (key) => client.get(key),
    getMany: (keys) => client.gets(keys),
    // It takes texts alone: a buffer comes back as another one.
    set: (key, value) => client.set(key, value.toString('latin1')),
    close: () => client.disconnect(),
  }
}

function ofMemcacheClient(Client: new (options: object) => MemcacheClient, port: number): Client {
  const client = new Client({ server: { server: `127.0.0.1:${port}`, maxConnections: 1 }, cmdTimeout: 5000 })
  return {
    name: 'memcache-client 1.0.5',
    get: (key) => client.get(key),
    getMany: (keys) => client.get(keys),
    set: (key, value) => client.set(key, value),
    close: () => client.shutdown(),
  }
}

function ofMemcached(Client: new (server: string, options: object) => Memcached, port: number): Client {
  // One connection, over which it pipelines: ten, its default, cost more.
  const client = new Client(`127.0.0.1:${port}`, { poolSize: 1, timeout: 5000 })
  return {
    name: 'memcached 2.2.2',
    get: (key) => promised((callback) => client.get(key, callback)),
    getMany: (keys) => promised((callback) => client.getMulti(keys, callback)),
    set: (key, value) => promised((callback) => client.set(key, value, 600, callback)),
    close: () => client.end(),
  }
}

function ofMemjs({ Client }: { Client: { create(servers: string, options: object): Memjs } }, port: number): Client {
  const client = Client.create(`127.0.0.1:${port}`, { timeout: 5, keepAlive: true })
  return {
    name: 'memjs 1.3.2',
    get: (key) => client.get(key),
    // It has no multi-get: many gets at once are the nearest.
    getMany: (keys) => Promise.all(keys.map((key) => client.get(key))),
    set: (key, value) => client.set(key, value, { expires: 600 }),
    close: () => client.close(),
  }
}

/**
 * The floor: a socket, requests as texts, answers cut out of the bytes, nothing else. Asks for `count` values of `length` bytes, `inFlight` at a
 * time, by the same protocol.
 */
export function rawLoop(
  port: number,
  keys: readonly string[],
  count: number,
  inFlight: number,
  length: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let asked = 0
  let answered = 0
  let rest: Buffer | null = null
  const ask = (most: number) => {
    let text = ''
    for (let n = 0; n < most && asked < count; n++) text += `mg ${keys[asked++ % keys.length]} v\r\n`
    if (text !== '') socket.write(text, 'latin1')
  }
  socket.on('error', reject)
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    let got = 0
    for (;;) {
      const end = bytes.indexOf(10, at)
      if (end < 0) break
      let size = 0
      for (let n = at + 3; n < end - 1; n++) size = size * 10 + (bytes[n] ?? 0) - 48
      if (end + 3 + size > bytes.length) break
      const value = bytes.subarray(end + 1, end + 1 + size)
      if (value.length !== length) throw new Error(`a value of ${value.length} bytes came, expected ${length}`)
      at = end + 3 + size
      got++
    }
    rest = at < bytes.length ? bytes.subarray(at) : null
    answered += got
    if (answered === count) {
      socket.destroy()
      resolve()
    } else ask(got)
  })
  ask(inFlight)
  return promise
}
