import { expect, test } from '@playwright/test'
import { createWalker } from '../services/crowd.ts'
import { startGame } from '../services/game.ts'
import { startMemcached } from '../services/memcached.ts'
import { needed } from '../services/needed.ts'
import { startPostgres } from '../services/postgres.ts'

test('on PostgreSQL and memcached: while the database is away pages say so with 503, and go on by themselves when it is back', async () => {
  await using postgres = await startPostgres({ path: await needed('postgresql') })
  await using memcached = await startMemcached({ path: await needed('memcached') })
  await using game = await startGame({ env: { DATABASE_URL: postgres.url, MEMCACHED_SERVERS: memcached.address } })
  const walker = createWalker(game.url, 1)
  expect((await walker.get('/')).status).toBe(200)
  const set = { action: 'mission', mission: 'gather-kindling' }
  expect((await walker.act('/missions/thornwood', { ...set, key: 'before-it-went' })).status).toBe(303)

  await postgres.stop()
  const refused = await walker.act('/missions/thornwood', { ...set, key: 'while-it-was-away' })
  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('2')
  expect(refused.text).toContain('Nothing of yours is lost')
  expect((await walker.get('/ladder')).status).toBe(503)
  expect((await fetch(`${game.url}/health/ready`)).status).toBe(503)

  await postgres.restart()
  await expect.poll(async () => (await fetch(`${game.url}/health/ready`)).status).toBe(200)
  // What was refused was not done: the same key does it now.
  expect((await walker.act('/missions/thornwood', { ...set, key: 'while-it-was-away' })).status).toBe(303)
  expect((await walker.get('/ladder')).status).toBe(200)
})

test('an id that no database can hold is nobody, and no failure', async () => {
  await using postgres = await startPostgres({ path: await needed('postgresql') })
  await using game = await startGame({ env: { DATABASE_URL: postgres.url } })
  const walker = createWalker(game.url, 1)
  await walker.get('/battle')
  for (const rival of ['a\0b', '\0', 'x'.repeat(5000), '\ud800', '🦉'])
    expect((await walker.act('/battle', { action: 'attack', rival, key: 'nobody-there' })).status).toBeLessThan(500)
})
