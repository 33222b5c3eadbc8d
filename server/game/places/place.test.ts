import { expect, test } from 'vitest'
import { form, serveGame } from '../fixture.ts'

const NOW = Date.UTC(2026, 10, 24, 18)

test.each(['constructor', '__proto__', 'valueOf', 'dance', ''])(
  'the action “%s”, which no form of the place has, is refused in words',
  async (action) => {
    await using game = await serveGame(NOW)
    const { status, text } = await game.ask('/missions', form({ action, key: 'key-00001', mission: 'x' }))
    expect(status).toBe(422)
    expect(text).toContain('That cannot be done here.')
  },
)

test('places take forms; JSON is refused in words, whatever is in it', async () => {
  await using game = await serveGame(NOW)
  const sent = { action: 'mission', key: 'key-00001', mission: 'gather-kindling' }
  for (const fields of [sent, { ...sent, mission: 5 }, []]) {
    const headers = { 'Content-Type': 'application/json', Accept: 'text/html' }
    const { status, text } = await game.ask('/missions', { method: 'POST', headers, body: JSON.stringify(fields) })
    expect(status).toBe(415)
    expect(text).toContain('a form')
  }
  expect(await game.players()).toBe(0)
})

test('a field that comes twice or not at all is refused in words', async () => {
  await using game = await serveGame(NOW)
  const twice = form({})
  for (const body of [
    'action=mission&key=key-00001&mission=gather-kindling&mission=x',
    'action=mission&key=key-00001',
  ]) {
    const { status, text } = await game.ask('/missions', { ...twice, body })
    expect(status).toBe(422)
    expect(text).toContain('without its mission')
  }
})

test('a form does its action, once for its key', async () => {
  await using game = await serveGame(NOW)
  const sent = form({ action: 'mission', key: 'key-00001', mission: 'gather-kindling' })
  const { status, headers } = await game.ask('/missions/thornwood', sent)
  expect([status, headers['location']]).toEqual([303, '/missions/thornwood?did=key-00001'])
})
