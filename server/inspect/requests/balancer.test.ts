import { createSocket } from 'node:dgram'
import { expect, test } from 'vitest'
import { traceOf } from '../../middleware/fixture.ts'
import { Timings } from '../../middleware/timings.ts'
import { Traces } from '../../middleware/traces.ts'
import { Balancer, receiveLog } from './balancer.ts'

const ID = '7F000001:A1B2_7F000001:1F90_67_1:1'
const trace = (id: string) => traceOf({ id })
/** As HAProxy 2.6 writes it, by the format of `cdn/haproxy.ts`. */
const line = (id: string, times = '1/2/3/14/25', server = 'game1', status = 200) =>
  `${id} ${status} 5120 ${times} ${server} GET /market`

function joined() {
  const timings = new Timings()
  const traces: Traces = new Traces({ onEnd: (one) => balancer.ended(one) })
  const balancer = new Balancer({ timings, find: (id) => traces.find(id) })
  return { balancer, timings, traces }
}

test.each(['the request', 'the line'])('both halves are joined by the id, %s first', (first) => {
  const { balancer, timings, traces } = joined()
  if (first === 'the line') balancer.take(line(ID))
  traces.add(trace(ID))
  if (first === 'the request') balancer.take(line(ID))
  expect(traces.find(ID)?.balancer).toEqual({
    server: 'game1',
    receive: 1,
    queue: 2,
    connect: 3,
    response: 14,
    send: 5,
  })
  const [route] = timings.routes()
  expect(route?.route).toBe('village')
  expect(Object.fromEntries(Array.from(route?.balancer ?? [], ([name, one]) => [name, one.count]))).toEqual({
    receive: 1,
    queue: 1,
    connect: 1,
    response: 1,
    send: 1,
  })
  // Told twice by the network, it counts once.
  balancer.take(line(ID))
  expect(timings.routes()[0]?.balancer.get('queue')?.count).toBe(1)
})

test('a step that was not come to takes no time', () => {
  const { balancer, traces } = joined()
  traces.add(trace(ID))
  balancer.take(line(ID, '0/0/0/-1/+12'))
  expect(traces.find(ID)?.balancer).toMatchObject({ response: 0, send: 12 })
})

test('a request that no instance got counts as failed at the balancer', () => {
  const { balancer, timings } = joined()
  balancer.take(line(ID, '0/10001/-1/-1/10001', '<NOSRV>', 503))
  expect(timings.routes()).toMatchObject([{ route: 'balancer', count: 1, errors: 1 }])
})

test.each([
  '',
  'Server game/game1 is DOWN, reason: Layer4 connection problem',
  line('short'),
  line(ID, '1/2/3/14'),
  line(ID, 'a/b/c/d/e'),
  `${'x'.repeat(70_000)} 200`,
])('%j is no line of a request', (text) => {
  const { balancer, timings, traces } = joined()
  traces.add(trace(ID))
  balancer.take(text)
  expect(traces.find(ID)?.balancer).toBeUndefined()
  expect(timings.routes()).toEqual([])
})

test('what never gets its other half does not gather', () => {
  const { balancer, traces } = joined()
  for (let n = 0; n < 3000; n++) balancer.take(line(`elsewhere${n}`))
  traces.add(trace('elsewhere0'))
  traces.add(trace('elsewhere2999'))
  expect(traces.find('elsewhere0')?.balancer).toBeUndefined()
  expect(traces.find('elsewhere2999')?.balancer).toBeDefined()
})

test('lines are received by UDP, from those who are trusted', async () => {
  const lines: string[] = []
  const receive = (isTrusted: boolean) =>
    receiveLog({ host: '127.0.0.1', port: 0, isTrusted: () => isTrusted, take: (text) => void lines.push(text) })
  const [trusted, other] = [await receive(true), await receive(false)]
  const sender = createSocket('udp4')
  try {
    const send = async () => {
      sender.send('forged', other.port, '127.0.0.1')
      sender.send('told', trusted.port, '127.0.0.1')
      return lines
    }
    await expect.poll(send).toContain('told')
    expect(lines).not.toContain('forged')
  } finally {
    sender.close()
    trusted.close()
    other.close()
  }
})

test('a port that is taken is said in words', async () => {
  const options = { host: '127.0.0.1', isTrusted: () => true, take: () => {} }
  const first = await receiveLog({ ...options, port: 0 })
  await expect(receiveLog({ ...options, port: first.port })).rejects.toThrow(
    `BALANCER_LOG is "udp://127.0.0.1:${first.port}": Error: bind EADDRINUSE`,
  )
  first.close()
})
