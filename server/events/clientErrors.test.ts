import { expect, test } from 'vitest'
import { groupErrors } from './clientErrors.ts'
import { testMaps } from './fixture.ts'
import type { ToldError } from './queries.ts'
import { createStacks } from './stacks.ts'

const ONE = '0123456789ab'
const TWO = 'ba9876543210'
const at = (script: string, column: number) => `at t (https://game.example/assets/${script}:1:${column})`

/** Two releases in which one source has become two scripts. */
function kept() {
  const maps = testMaps()
  maps.keep(ONE, 'main-11111111.js', 'client/game/main.ts')
  maps.keep(TWO, 'main-22222222.js', 'client/game/main.ts')
  return { stacks: createStacks(maps.dir), [Symbol.dispose]: maps[Symbol.dispose] }
}

const told = (data: unknown, more: Partial<ToldError> = {}): ToldError => ({
  data: JSON.stringify(data),
  user_id: 'ada',
  count: 1,
  first: 100,
  last: 100,
  ...more,
})

test('the same words at the same line of the source are one error, in whatever release, place and script', async () => {
  using maps = kept()
  const errors = await groupErrors(
    [
      told(
        { message: 'no hero', stack: at('main-11111111.js', 11), place: '/', release: ONE },
        { count: 3, last: 300 },
      ),
      told({ message: 'no hero', stack: at('main-22222222.js', 11), place: '/hero', release: TWO }, { last: 500 }),
      told(
        { message: 'no hero', stack: at('main-22222222.js', 11), place: '/', release: TWO },
        { user_id: 'bob', first: 50 },
      ),
    ],
    maps.stacks,
  )
  expect(errors).toEqual([
    {
      message: 'no hero',
      at: 'client/game/main.ts:6:3',
      stack: [{ text: at('main-22222222.js', 11), place: 'client/game/main.ts:6:3' }],
      count: 5,
      players: 2,
      strangers: false,
      first: 50,
      last: 500,
      releases: [TWO, ONE],
      places: ['/hero', '/'],
    },
  ])
})

test('other words, or another line, are another error; what most players meet comes first', async () => {
  using maps = kept()
  const stack = (column: number) => ({ stack: at('main-11111111.js', column), release: ONE })
  const errors = await groupErrors(
    [
      told({ message: 'loud', ...stack(1) }, { count: 50, last: 900 }),
      told({ message: 'wide', ...stack(1) }),
      told({ message: 'wide', ...stack(1) }, { user_id: 'bob' }),
      told({ message: 'wide', ...stack(11) }, { user_id: null }),
    ],
    maps.stacks,
  )
  expect(errors.map(({ message, at, players, strangers }) => ({ message, at, players, strangers }))).toEqual([
    { message: 'wide', at: 'client/game/main.ts:5:1', players: 2, strangers: false },
    { message: 'loud', at: 'client/game/main.ts:5:1', players: 1, strangers: false },
    { message: 'wide', at: 'client/game/main.ts:6:3', players: 0, strangers: true },
  ])
})

test('where a stack could not be told in lines of the source, it says why', async () => {
  using maps = kept()
  const why = async (data: object) => (await groupErrors([told({ message: 'x', ...data })], maps.stacks))[0]?.unmapped
  expect(await why({ stack: at('main-11111111.js', 1), release: 'aaaaaaaaaaaa' })).toMatch(
    /maps of this release are not kept/,
  )
  expect(await why({ stack: at('main-11111111.js', 1) })).toMatch(/did not say of which release/)
  expect(await why({ stack: '@https://evil.example/ad.js:1:1', release: ONE })).toMatch(
    /No line of it is in a script of this release/,
  )
  expect(await why({ stack: at('main-11111111.js', 1), release: ONE })).toBeUndefined()
  expect(await why({ release: ONE })).toBeUndefined()
})

test.each(['null', '7', '[]', '{"message":7,"stack":{"a":1},"release":["x"]}'])(
  'data that is not as agreed is bounded: %s',
  async (data) => {
    using maps = kept()
    expect(await groupErrors([{ ...told({}), data }], maps.stacks)).toMatchObject([
      { message: 'An error without words', at: '', stack: [], releases: [], places: [] },
    ])
  },
)

test('of many different errors the first fifty are shown, of many places and releases five', async () => {
  using maps = kept()
  const many = Array.from({ length: 80 }, (_, n) => told({ message: `m${n}` }))
  expect(await groupErrors(many, maps.stacks)).toHaveLength(50)
  const [one] = await groupErrors(
    many.map((_row, n) => told({ message: 'm', place: `/${n}`, release: `r${n}` })),
    maps.stacks,
  )
  expect([one?.places.length, one?.releases.length, one?.count]).toEqual([5, 5, 80])
})

test('what must not be shown is not: tokens in addresses, sessions in messages', async () => {
  using maps = kept()
  const [error] = await groupErrors(
    [
      told({
        message: 'fetch of /in?token=hunter2 failed',
        stack: '@https://game.example/?session=hunter2:1:1',
        place: '/i/x?key=hunter2',
      }),
    ],
    maps.stacks,
  )
  expect(JSON.stringify(error)).not.toContain('hunter2')
  expect(error?.message).toBe('fetch of /in?token=… failed')
})
