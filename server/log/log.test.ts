import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Echo } from './echo.ts'
import { describeError, type Entry, loggable } from './entry.ts'
import { matcher, readFilter } from './filter.ts'
import { Log } from './log.ts'
import { textOf } from './text.ts'

const whose = { at: 0, id: 'request-1', route: 'battle/attack', user: 'ada' }
const REQUEST: Entry = {
  ...whose,
  kind: 'request',
  level: 'info',
  method: 'POST',
  url: '/battle?foe=1',
  state: '303',
  bytes: 412,
  took: 6.14,
  controller: 4.2,
  counts: new Map([['hits', 3]]),
}
const FAILURE: Entry = {
  ...whose,
  kind: 'error',
  level: 'error',
  method: 'POST',
  path: '/battle',
  during: undefined,
  name: 'TypeError',
  message: 'no foe',
  stack: 'TypeError: no foe\n    at attack (battle.ts:7:3)',
}
const STATEMENT: Entry = {
  ...whose,
  kind: 'database',
  level: 'debug',
  text: 'select "id" from "player" where "id" in (?)',
  outcome: '1 row',
  took: 0.2,
}
const NOTE: Entry = { at: 0, level: 'warn', kind: 'note', text: 'memcached at a:1: in use again' }

test.each([
  [
    REQUEST,
    '1970-01-01T00:00:00.000Z 0.0061 outer 0.0042 battle/attack POST /battle?foe=1 303 412B player=ada id=request-1 hits=3',
  ],
  [
    FAILURE,
    '1970-01-01T00:00:00.000Z error id=request-1 player=ada battle/attack POST /battle: TypeError: no foe\n    at attack (battle.ts:7:3)',
  ],
  [
    STATEMENT,
    '1970-01-01T00:00:00.000Z 0.0002 database select "id" from "player" where "id" in (?) 1 row player=ada id=request-1',
  ],
  [NOTE, '1970-01-01T00:00:00.000Z memcached at a:1: in use again'],
])('a line for people: %#', (entry, line) => {
  expect(textOf(entry)).toBe(line)
})

test('where nobody reads along lines are gathered; what went wrong comes at once, after what was before it, and the rest at the end', () => {
  const program = `import { openText } from ${JSON.stringify(new URL('text.ts', import.meta.url).href)}
    const { write } = openText()
    const wrote = []
    for (const out of [process.stdout, process.stderr]) out.write = (text) => wrote.push(text)
    const [note, failure] = JSON.parse(process.argv[1])
    for (const entry of [note, note, failure, note]) write(entry)
    const atOnce = wrote.length
    process.on('exit', () => {
      delete process.stdout.write
      console.log(JSON.stringify({ atOnce, wrote }))
    })`
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, JSON.stringify([{ ...NOTE, level: 'info' }, FAILURE])],
    { encoding: 'utf8' },
  )
  const note = '1970-01-01T00:00:00.000Z memcached at a:1: in use again\n'
  expect(JSON.parse(stdout)).toEqual({
    atOnce: 2,
    wrote: [note + note, expect.stringContaining('TypeError: no foe') as string, note],
  })
})

test('a process writes one JSON object a line, the last of them at its end, with its release and what log readers know', () => {
  const program = `import { openJson } from ${JSON.stringify(new URL('pino.ts', import.meta.url).href)}
    const { write } = openJson(() => 'r1')
    for (const entry of JSON.parse(process.argv[1])) write({ ...entry, ...(entry.counts && { counts: new Map(entry.counts) }) })`
  const entries = [FAILURE, STATEMENT, NOTE, { ...REQUEST, counts: [['hits', 3]] }]
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, JSON.stringify(entries)],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  const [failure, statement, note, request] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  const machine = { pid: expect.any(Number) as number, hostname: expect.any(String) as string }
  const common = { ...machine, time: 0, release: 'r1', id: 'request-1', route: 'battle/attack', user: 'ada' }
  expect(failure).toEqual({
    ...common,
    level: 'error',
    kind: 'error',
    method: 'POST',
    path: '/battle',
    err: { type: 'TypeError', message: 'no foe', stack: 'TypeError: no foe\n    at attack (battle.ts:7:3)' },
    msg: 'POST /battle: no foe',
  })
  expect(statement).toEqual({
    ...common,
    level: 'debug',
    kind: 'database',
    text: 'select "id" from "player" where "id" in (?)',
    outcome: '1 row',
    ms: 0.2,
    msg: 'database select "id" from "player" where "id" in (?) 1 row',
  })
  expect(note).toEqual({
    ...machine,
    time: 0,
    release: 'r1',
    level: 'warn',
    kind: 'note',
    msg: 'memcached at a:1: in use again',
  })
  expect(request).toEqual({
    ...common,
    level: 'info',
    kind: 'request',
    method: 'POST',
    url: '/battle?foe=1',
    status: 303,
    bytes: 412,
    ms: 6.14,
    controllerMs: 4.2,
    counts: { hits: 3 },
    msg: 'POST /battle?foe=1 303',
  })
})

test.each([
  ['/join?token=hunter2&from=ada', '/join?token=…&from=ada'],
  ['/x?reset_password=hunter2#y', '/x?reset_password=…#y'],
  ['/battle?foe=1', '/battle?foe=1'],
  [`/${'a'.repeat(300)}`, `/${'a'.repeat(199)}…`],
])('the URL %s is logged as %s', (url, logged) => {
  expect(loggable(url)).toBe(logged)
})

test.each([
  'connect to postgres://ann:hunter2@db/game failed',
  'bad header Cookie: session=hunter2; inspect=hunter2',
  'sent {"authorization": "Bearer hunter2"}',
  'fetch https://cdn.example/a?sig=hunter2 failed',
  'session v1.ada.t0abc1.hunter2hunter2hunter2 is odd',
])('an error that quotes a secret is logged without it: %s', (message) => {
  expect(JSON.stringify(describeError(new Error(message)))).not.toContain('hunter2')
})

test.each([
  [undefined, 'undefined'],
  ['a text', 'a text'],
  [{ any: 'thing' }, '[object Object]'],
  [null, 'null'],
])('%j thrown is still told', (thrown, words) => {
  expect(describeError(thrown)).toEqual({ name: 'Thrown', message: words, stack: words })
})

test('the latest lines are kept, numbered, and no more of them', () => {
  const log = new Log({ keep: 3, output: () => {} })
  for (const text of ['a', 'b', 'c', 'd', 'e']) log.note('info', text)
  const told = (from?: number) => Array.from(log.since(from), ({ n, entry }) => `${n}${'text' in entry && entry.text}`)
  expect(told()).toEqual(['2c', '3d', '4e'])
  expect(told(4)).toEqual(['4e'])
  expect(log.next).toBe(5)
})

test('what follows is told each line until it stops', () => {
  const log = new Log({ output: () => {} })
  const heard: number[] = []
  const stop = log.follow(({ n }) => heard.push(n))
  log.note('info', 'one')
  stop()
  log.note('info', 'two')
  expect(heard).toEqual([0])
})

test.each([
  ['level=error', ['error']],
  ['level=warn', ['error', 'note']],
  ['level=loud', ['request', 'error', 'database', 'note']],
  ['route=battle', ['request', 'error', 'database']],
  ['route=attack', []],
  ['user=ada&level=info', ['request', 'error']],
  ['user=ad', []],
  ['id=request-1&text=SELECT', ['database']],
  ['text=in+use', ['note']],
  ['text=+', ['request', 'error', 'database', 'note']],
])('the filter %s shows %j', (query, kinds) => {
  const matches = matcher(readFilter(Object.fromEntries(new URLSearchParams(query))))
  expect([REQUEST, FAILURE, STATEMENT, NOTE].filter(matches).map(({ kind }) => kind)).toEqual(kinds)
})

test('a player is listened to for ten minutes, then no more', () => {
  let now = 0
  const echo = new Echo({ clock: () => now })
  echo.listen('ada')
  expect([echo.hears('ada'), echo.hears('bob')]).toEqual([true, false])
  now = 599_999
  expect(echo.hears('ada')).toBe(true)
  expect(echo.players()).toEqual([{ user: 'ada', left: 1 }])
  now = 600_000
  expect([echo.hears('ada'), echo.players()]).toEqual([false, []])
})

test('so many players are listened to and no more: the first makes room', () => {
  const echo = new Echo({ players: 2 })
  for (const user of ['ada', 'bob', 'ada', 'eve']) echo.listen(user)
  expect(echo.players().map(({ user }) => user)).toEqual(['ada', 'eve'])
  echo.hush('eve')
  expect(echo.hears('eve')).toBe(false)
})
