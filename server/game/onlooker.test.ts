import { expect, test } from 'vitest'
import { cookieOf, form, serveGame } from './fixture.ts'

const NOW = Date.UTC(2026, 10, 24, 18)

/** Players there are after one first request, and whether its answer signed somebody in. */
async function arrive(headers: Record<string, string>, path = '/', method = 'GET') {
  await using game = await serveGame(NOW)
  const answer = await game.ask(path, { method, headers })
  expect(answer.status).toBeLessThan(400)
  return { players: await game.players(), signedIn: cookieOf(answer) !== '' }
}

const GUEST = { players: 1, signedIn: true }
const NOBODY = { players: 0, signedIn: false }

test.each([
  [
    'a phone by CUBOT',
    'Mozilla/5.0 (Linux; Android 11; CUBOT X19) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36',
  ],
  ['Telegram’s browser', 'Mozilla/5.0 (Linux; Android 13; SM-A536B) Chrome/125.0 Mobile Telegram-Android/10.9'],
  ['WhatsApp’s browser', 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/15E148 WhatsApp/24.10'],
  [
    'Discord’s browser',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 discord/1.0.9 Chrome/120.0 Electron/28 Safari/537.36',
  ],
  ['a browser without a name', ''],
])('%s is a person’s: a guest is made', async (_what, agent) => {
  expect(await arrive({ 'User-Agent': agent })).toEqual(GUEST)
})

test.each([
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'TelegramBot (like TwitterBot)',
  'WhatsApp/2.23.20.0',
  'facebookexternalhit/1.1',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
])('%s leaves nothing', async (agent) => {
  expect(await arrive({ 'User-Agent': agent })).toEqual(NOBODY)
})

test.each<[string, Record<string, string>]>([
  ['opened from another site', { 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'cross-site' }],
  ['whose parts are fetched by itself', { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Site': 'same-origin' }],
])('a page %s makes a guest', async (_what, headers) => {
  expect(await arrive(headers)).toEqual(GUEST)
})

test.each<[string, Record<string, string>]>([
  ['as a picture', { 'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Site': 'cross-site' }],
  ['in a frame', { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' }],
  ['by another site’s script', { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Site': 'cross-site' }],
  ['ahead, by the browser', { 'Sec-Fetch-Dest': 'document', 'Sec-Purpose': 'prefetch;prerender' }],
  ['ahead, for a copy', { Purpose: 'prefetch' }],
])('a page fetched %s shows a stranger’s village and leaves nothing', async (_what, headers) => {
  expect(await arrive(headers)).toEqual(NOBODY)
  expect(await arrive(headers, '/i/abcdefg')).toEqual(NOBODY)
})

test('HEAD leaves nothing', async () => {
  expect(await arrive({}, '/', 'HEAD')).toEqual(NOBODY)
})

test('who sends a form plays, whatever it calls itself', async () => {
  await using game = await serveGame(NOW)
  const sent = form({ action: 'mission', key: 'key-00001', mission: 'gather-kindling' })
  const answer = await game.ask('/missions', { ...sent, headers: { ...sent.headers, 'User-Agent': 'curious bot' } })
  expect(answer.status).toBe(303)
  expect(cookieOf(answer)).not.toBe('')
})
