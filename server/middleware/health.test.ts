import { expect, test } from 'vitest'
import { health, type HealthOptions } from './health.ts'
import { app, listen } from './testing.ts'

async function ask(path: string, options: Partial<HealthOptions> = {}, lines: string[] = []) {
  const site = app()
  site.use(
    health({ check: () => Promise.resolve(), draining: () => false, log: (line) => lines.push(line), ...options }),
  )
  await using server = await listen(site)
  const { status, text } = await server.ask(path)
  return `${status} ${text}`
}

test('a process that answers is live, whatever else fails', async () => {
  const check = () => Promise.reject(new Error('database is locked'))
  expect(await ask('/health/live', { check, draining: () => true })).toBe('200 live\n')
})

test('it is ready when its check passes', async () => {
  expect(await ask('/health/ready')).toBe('200 ready\n')
})

test('it is not ready while the check fails, hangs, or the server drains', async () => {
  expect(await ask('/health/ready', { check: () => new Promise(() => {}), patience: 50 })).toBe('503 not ready\n')
  expect(await ask('/health/ready', { draining: () => true })).toBe('503 draining\n')
})

test('why it is not ready is for the log, not for the world', async () => {
  const lines: string[] = []
  const check = () => Promise.reject(new Error('/srv/game.db: disk I/O error'))
  expect(await ask('/health/ready', { check }, lines)).toBe('503 not ready\n')
  expect(lines).toEqual([expect.stringMatching(/^not ready id=\S+: \/srv\/game\.db: disk I\/O error$/)])
})
