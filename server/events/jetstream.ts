import {
  DiscardPolicy,
  jetstream,
  type JsMsg,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { connect, type ConnectionOptions, nanos, type NatsConnection } from '@nats-io/transport-node'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../middleware/timing.ts'
import { maskPasswords } from '../store/url.ts'
import type { StoredEvent } from './table.ts'

/** Events in a stream of NATS JetStream, from which they go to the database. */
export interface EventStream {
  /** Resolves when the stream has every one of them on its disk: that is what its acknowledgements say. An event that it has already is not stored again. */
  publish: (events: readonly StoredEvent[]) => Promise<void>
  /**
   * Hands what is in the stream to `write`, batch by batch, and takes it out when that has resolved: what is written is committed before it is acknowledged,
   * so that an event may come twice and is never missing. Of several instances each gets a part. To be called once.
   */
  consume(write: (events: readonly StoredEvent[]) => Promise<void>): void
  /** Lets the batch under way end. */
  close(): Promise<void>
}

const STREAM = 'events'
const CONSUMER = 'database'
/** In one write. */
const BATCH = 500
const MINUTE = 60_000
/** The stream takes no more than this, and what comes then is refused and kept by whoever sent it: about 3 GB. */
const MOST = 10_000_000

export interface EventStreamOptions {
  /** As `EVENTS_URL` says it: `nats://USER:PASSWORD@HOST:PORT`, `tls://…`, several of one cluster separated by commas. */
  url: string
  /** Takes a line when events cannot be handed on. Default standard error. */
  log?: Log
}

/**
 * Opens the stream `events`, which is made where it is not there.
 * @throws Error in one line: what arrived (without passwords), what is wrong, the way out.
 */
export async function openEventStream({ url, log = console.error }: EventStreamOptions): Promise<EventStream> {
  const named = `EVENTS_URL is "${maskPasswords(url)}"`
  const connection = await connect(connectionOf(url)).catch((error: unknown) => {
    throw new Error(`${named}: no NATS lets us in there (${words(error)}); start one, or correct host, port, user`, {
      cause: error,
    })
  })
  try {
    await prepare(connection)
  } catch (error) {
    await connection.close()
    throw new Error(
      `${named}: the stream "${STREAM}" cannot be used (${words(error)}); NATS needs JetStream, as in nats-server -js -sd FOLDER`,
      { cause: error },
    )
  }

  const stream = jetstream(connection)
  let isConnected = true
  void follow()
  const stopping = new AbortController()
  let consuming = Promise.resolve()
  const say = (what: string) => log(`events: ${what}`)

  /** While there is no line the client would keep in memory what it is given. */
  async function follow() {
    for await (const { type } of connection.status())
      if (type === 'disconnect' || type === 'reconnect') isConnected = type === 'reconnect'
  }

  async function hand(write: (events: readonly StoredEvent[]) => Promise<void>) {
    const consumer = await stream.consumers.get(STREAM, CONSUMER)
    while (!stopping.signal.aborted) {
      const messages = await consumer.fetch({ max_messages: BATCH, expires: 1000 })
      const stop = () => messages.stop()
      stopping.signal.addEventListener('abort', stop)
      const batch: { message: JsMsg; event: StoredEvent }[] = []
      for await (const message of messages) {
        const event = read(message)
        if (event) batch.push({ message, event })
        else {
          say(`message ${message.seq} of the stream is no event, and is taken out`)
          message.term()
        }
      }
      stopping.signal.removeEventListener('abort', stop)
      if (batch.length === 0) continue
      try {
        await write(batch.map(({ event }) => event))
      } catch (error) {
        for (const { message } of batch) message.nak(1000)
        throw error
      }
      for (const { message } of batch) message.ack()
    }
  }

  return {
    async publish(events) {
      if (!isConnected) throw new Error('NATS is not connected')
      await Promise.all(
        events.map((event) =>
          stream.publish(`${STREAM}.${event.name}`, JSON.stringify(event), { msgID: event.id, timeout: 4000 }),
        ),
      )
    },
    consume(write) {
      consuming = (async () => {
        while (!stopping.signal.aborted) {
          await hand(write).catch((error: unknown) => say(`not handed to the database yet: ${words(error)}`))
          await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {})
        }
      })()
    },
    async close() {
      stopping.abort()
      await consuming
      // Sends the last acknowledgements.
      await connection.drain().catch(() => connection.close())
    },
  }
}

/** Makes stream and consumer as they are to be; those that are there are brought up to date. */
async function prepare(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection)
  const stream = {
    subjects: [`${STREAM}.>`],
    discard: DiscardPolicy.New,
    max_msgs: MOST,
    // Sent again later than this, an event is told by its id in the database.
    duplicate_window: nanos(10 * MINUTE),
  }
  const there = (await manager.streams.list().next()).some(({ config }) => config.name === STREAM)
  if (there) await manager.streams.update(STREAM, stream)
  else {
    const kept = { retention: RetentionPolicy.Workqueue, storage: StorageType.File }
    await manager.streams.add({ name: STREAM, ...stream, ...kept })
  }
  await manager.consumers.add(STREAM, {
    durable_name: CONSUMER,
    ack_policy: 'explicit',
    ack_wait: nanos(MINUTE),
    max_ack_pending: 20 * BATCH,
  })
}

function connectionOf(url: string): ConnectionOptions {
  const urls = url.split(',').map((one) => new URL(one.trim()))
  const [{ username, password, protocol } = new URL('nats://localhost')] = urls
  return {
    name: 'firstframe events',
    servers: urls.map(({ host }) => host),
    ...(username !== '' && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(protocol === 'tls:' && { tls: {} }),
    timeout: 5000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
  }
}

/** Whoever may write to the stream may write anything. */
function read(message: JsMsg): StoredEvent | undefined {
  try {
    const event = message.json<Partial<StoredEvent> | null>()
    const { id, name, at, receivedAt, toldBy } = event ?? {}
    const isEvent =
      [id, name, toldBy].every((text) => typeof text === 'string') && [at, receivedAt].every(Number.isInteger)
    return isEvent ? (event as StoredEvent) : undefined
  } catch {
    return undefined
  }
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))
