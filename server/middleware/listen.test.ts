import { Agent, createServer, get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { drain, listen } from './listen.ts'

const HERE = { port: 0, host: '127.0.0.1', requestTimeout: 10 }

const fetchText = (url: string, agent?: Agent) =>
  new Promise<string>((resolve, reject) => {
    get(url, { ...(agent && { agent }) }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += String(chunk)))
      answer.on('end', () => resolve(text))
      answer.on('error', reject)
    }).on('error', reject)
  })

test('a taken port is said in one line, with the way out', async () => {
  const first = createServer()
  const { port } = new URL(await listen(first, HERE))
  await expect(listen(createServer(), { ...HERE, port: Number(port) })).rejects.toThrow(
    `PORT is ${port}: another program listens there on 127.0.0.1; end it, or choose another port, for example PORT=${Number(port) + 1}`,
  )
  await drain(first)
})

test('an address of another machine is said in one line', async () => {
  await expect(listen(createServer(), { ...HERE, host: '203.0.113.1' })).rejects.toThrow('HOST is "203.0.113.1"')
})

test('draining lets answers under way end and refuses new connections', async () => {
  const arrived = Promise.withResolvers<void>()
  const server = createServer((_req, res) => {
    arrived.resolve()
    void sleep(300).then(() => res.end('done'))
  })
  const url = await listen(server, HERE)
  expect(url).toMatch(/^http:\/\/localhost:\d+$/)
  const agent = new Agent({ keepAlive: true })
  const answer = fetchText(url, agent)
  await arrived.promise
  const begin = performance.now()
  const drained = drain(server)
  await expect(fetchText(url)).rejects.toThrow('ECONNREFUSED')
  expect(await answer).toBe('done')
  await drained
  expect(performance.now() - begin).toBeLessThan(1000)
  agent.destroy()
})

test('draining does not wait for a connection on which nothing was asked yet', async () => {
  const server = createServer()
  const { port } = new URL(await listen(server, HERE))
  const accepted = new Promise((resolve) => {
    server.once('connection', resolve)
  })
  const ahead = connect(Number(port), '127.0.0.1')
  await accepted
  await expect(drain(server, 60_000)).resolves.toBeUndefined()
  ahead.destroy()
})

test('draining does not wait for ever', async () => {
  const arrived = Promise.withResolvers<void>()
  const server = createServer(() => arrived.resolve())
  const answer = fetchText(await listen(server, HERE))
  await arrived.promise
  await Promise.all([expect(answer).rejects.toThrow('socket hang up'), drain(server, 100)])
})
