import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSendable, ProtocolError, readReply, type Reply } from './meta.ts'

/** All answers in the bytes. */
function read(text: string | Buffer): Reply[] {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  const cursor = { at: 0 }
  const replies: Reply[] = []
  for (let reply = readReply(bytes, cursor); reply; reply = readReply(bytes, cursor)) replies.push(reply)
  return replies
}

function refusalOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

const plain = { value: null, won: false, stale: false, sent: false, cas: '', flags: 0, rest: '' }

// As memcached 1.6.18 sent them.
test.each<[string, Partial<Reply>]>([
  ['HD\r\n', { status: 'HD' }],
  ['EN\r\n', { status: 'EN' }],
  ['EX\r\n', { status: 'EX' }],
  ['NF\r\n', { status: 'NF' }],
  ['NS\r\n', { status: 'NS' }],
  ['MN\r\n', { status: 'MN' }],
  ['VA 3\r\nabc\r\n', { status: 'VA', value: Buffer.from('abc') }],
  ['VA 0 c1 W\r\n\r\n', { status: 'VA', value: Buffer.alloc(0), cas: '1', won: true }],
  [
    'VA 3 c5 t20 X W\r\nabc\r\n',
    { status: 'VA', value: Buffer.from('abc'), cas: '5', rest: 't20', stale: true, won: true },
  ],
  [
    'VA 3 kk O123 c5 Z X\r\nabc\r\n',
    { status: 'VA', value: Buffer.from('abc'), cas: '5', rest: 'kk O123', stale: true, sent: true },
  ],
  ['HD t-1 c18446744073709551615\r\n', { status: 'HD', cas: '18446744073709551615', rest: 't-1' }],
  ['VA 1 c7\r\nx\r\n', { status: 'VA', value: Buffer.from('x'), cas: '' }],
  [
    'VA 1 c7 f1795565145 X W\r\nx\r\n',
    { status: 'VA', value: Buffer.from('x'), cas: '7', flags: 1795565145, stale: true, won: true },
  ],
  ['ME k exp=-19 la=0 cas=5 size=63\r\n', { status: 'ME', rest: 'k exp=-19 la=0 cas=5 size=63' }],
  ['VERSION 1.6.18\r\n', { status: 'VERSION', rest: '1.6.18' }],
  ['ERROR\r\n', { status: 'ERROR', rest: 'ERROR' }],
  ['CLIENT_ERROR bad command line format\r\n', { status: 'ERROR', rest: 'bad command line format' }],
  ['SERVER_ERROR object too large for cache\r\n', { status: 'ERROR', rest: 'object too large for cache' }],
])('%j is read', (line, reply) => {
  expect(read(line)).toEqual([{ ...plain, ...reply }])
})

test('answers are read one after the other, wherever the bytes were torn', () => {
  const whole = Buffer.from('VA 5 c7\r\n\r\nVA \r\nEN\r\nHD\r\nVERSION 1.6.18\r\nVA 0 c1 Z\r\n\r\n', 'latin1')
  const expected = read(whole)
  expect(expected.map(({ status }) => status)).toEqual(['VA', 'EN', 'HD', 'VERSION', 'VA'])
  for (let cut = 0; cut <= whole.length; cut++) {
    const cursor = { at: 0 }
    const replies: Reply[] = []
    for (const bytes of [whole.subarray(0, cut), whole])
      for (let reply = readReply(bytes, cursor); reply; reply = readReply(bytes, cursor)) replies.push(reply)
    expect(replies).toEqual(expected)
  }
})

test.each([
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
  ['two letters that are no status', 'QQ\r\n'],
  ['a status with something grown onto it', 'HDX\r\n'],
  ['a length that is none', 'VA x\r\n'],
  ['a length below zero', 'VA -1\r\n'],
  ['a length that nobody can mean', 'VA 99999999999\r\n'],
  ['a value without its end', 'VA 3\r\nabcde'],
  ['a line feed alone', 'HD\n'],
  ['an empty line', '\r\n'],
  ['a line without end', 'x'.repeat(4000)],
])('%s is refused with what arrived', (_, bytes) => {
  expect(() => read(bytes)).toThrow(ProtocolError)
  expect(() => read(bytes)).toThrow('which is no answer of memcached')
})

test('random bytes are answers or refused, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('', 'VA 3 ', 'HD ', 'SERVER_ERROR '),
      (bytes, before) => {
        const refusal = refusalOf(() => read(Buffer.concat([Buffer.from(before), bytes])))
        expect(refusal === undefined || refusal instanceof ProtocolError).toBe(true)
      },
    ),
  )
})

test.each([
  ['k', true],
  ['e:player:1:abc', true],
  ['x'.repeat(250), true],
  ['x'.repeat(251), false],
  ['', false],
  ['a b', false],
  ['a\r\nmd b', false],
  ['a\0', false],
  ['ø', false],
  ['\x7f', false],
])('the key %j may be sent: %s', (key, may) => {
  expect(isSendable(key)).toBe(may)
})
