import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate } from '../store/fixture.ts'
import { DIALECTS } from '../store/scratch.ts'
import { eventDatabase, hasNats, someEvent, startNats, storedIds } from './fixture.ts'
import { freePort } from '../services.ts'
import { openEventStream } from './jetstream.ts'
import { eventTable } from './table.ts'

async function nats(...flags: string[]) {
  const server = await startNats(...flags)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function open(url: string, lines: string[] = []) {
  const stream = await openEventStream({ url, log: (line) => lines.push(line) })
  onTestFinished(() => stream.close())
  return stream
}

/** What NATS itself says of the stream. */
async function manager(url: string) {
  const connection = await connect({ servers: new URL(url).host })
  onTestFinished(() => connection.close())
  return {
    publish: (subject: string, body: string) => jetstream(connection).publish(subject, body),
    messages: async () => (await (await jetstreamManager(connection)).streams.info('events')).state.messages,
  }
}

describe.skipIf(!hasNats)('the stream', () => {
  test('has what was published, over a kill', async () => {
    const server = await nats()
    const stream = await open(server.url)
    const events = [someEvent(), someEvent()]
    await stream.publish(events)
    await server.kill()
    // The one that goes out before the client has seen the end waits for its answer in vain; the stream knows it, should it still come.
    await expect
      .poll(() => stream.publish(events).then(() => 'taken', String), { timeout: 10_000 })
      .toContain('NATS is not connected')
    await server.restart()
    expect(await (await manager(server.url)).messages()).toBe(2)
    const one = someEvent()
    await expect.poll(() => stream.publish([one]).then(() => 'taken', String)).toBe('taken')
  })

  test('has an event that is published twice once', async () => {
    const server = await nats()
    const stream = await open(server.url)
    const event = someEvent()
    await stream.publish([event, someEvent()])
    await stream.publish([event])
    expect(await (await manager(server.url)).messages()).toBe(2)
  })

  test('is opened by a second instance as it stands', async () => {
    const server = await nats()
    await (await open(server.url)).publish([someEvent()])
    await open(server.url)
    expect(await (await manager(server.url)).messages()).toBe(1)
  })
})

describe.skipIf(!hasNats).each(DIALECTS)('from the stream into %s', (dialect) => {
  async function here() {
    const server = await nats()
    const scratch = await eventDatabase(dialect)
    onTestFinished(() => scratch[Symbol.asyncDispose]())
    return { server, database: scratch.database, write: eventTable(scratch.database) }
  }

  test('each event comes once, whichever of two instances hands it on', async () => {
    const { server, database, write } = await here()
    const [one, other] = [await open(server.url), await open(server.url)]
    one.consume(write)
    other.consume(write)
    const events = Array.from({ length: 1200 }, () => someEvent())
    await Promise.all([one.publish(events.slice(0, 700)), other.publish(events.slice(600))])
    await expect.poll(() => storedIds(database)).toEqual(events.map(({ id }) => id))
    await expect.poll((await manager(server.url)).messages).toBe(0)
  })

  test('an event is taken out after it is committed: handed on again it is stored once', async () => {
    const { server, database, write } = await here()
    const event = someEvent()
    const held = gate()
    const lines: string[] = []
    const stream = await open(server.url, lines)
    let writes = 0
    stream.consume(async (events) => {
      await write(events)
      writes++
      // The process dies here, or the database's answer is lost.
      if (writes === 1) throw new Error('the connection broke after the commit')
      held.open()
    })
    await stream.publish([event])
    await held.passed
    await expect.poll((await manager(server.url)).messages).toBe(0)
    expect(await storedIds(database)).toEqual([event.id])
    expect(lines).toEqual([
      expect.stringContaining('events: not handed to the database yet: the connection broke after the commit'),
    ])
  })

  test('what is no event is taken out and told, and holds nobody up', async () => {
    const { server, database, write } = await here()
    const lines: string[] = []
    const stream = await open(server.url, lines)
    const { publish } = await manager(server.url)
    for (const body of ['', 'null', '[]', '{"id":7}', '\u0000']) await publish('events.gift', body)
    const event = someEvent()
    await stream.publish([event])
    stream.consume(write)
    await expect.poll(() => storedIds(database)).toEqual([event.id])
    expect(lines).toEqual(
      [1, 2, 3, 4, 5].map((seq) => `events: message ${seq} of the stream is no event, and is taken out`),
    )
  })

  test('what is in the stream while NATS is killed comes when it is back', async () => {
    const { server, database, write } = await here()
    const stream = await open(server.url)
    const events = Array.from({ length: 50 }, () => someEvent())
    await stream.publish(events)
    await server.kill()
    stream.consume(write)
    await server.restart()
    await expect.poll(() => storedIds(database), { timeout: 30_000 }).toEqual(events.map(({ id }) => id))
  })
})

describe.skipIf(!hasNats)('a start is refused in a line', () => {
  test('where nobody is', async () => {
    const port = await freePort()
    await expect(openEventStream({ url: `nats://ann:hunter2@127.0.0.1:${port}` })).rejects.toThrow(
      /^EVENTS_URL is "nats:\/\/ann:…@127\.0\.0\.1:\d+": no NATS lets us in there \([^\n]+\); start one, or correct host, port, user$/,
    )
  })

  test('where the user is wrong', async () => {
    const server = await nats('--user', 'ann', '--pass', 'right')
    const url = server.url.replace('//', '//ann:hunter2@')
    await expect(openEventStream({ url })).rejects.toThrow(/no NATS lets us in there \([^\n]*[Aa]uthorization[^\n]*\)/)
  })

  test('where there is no JetStream', async () => {
    const server = await nats('--server_name', 'plain')
    await expect(openEventStream({ url: server.url })).rejects.toThrow(
      /the stream "events" cannot be used \([^\n]+\); NATS needs JetStream, as in nats-server -js -sd FOLDER$/,
    )
  })
})
