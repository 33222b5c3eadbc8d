import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@playwright/test'
import { startGame } from '../services/game.ts'
import { freePort } from '../services/program.ts'
import { Player } from './play.ts'

test('what the page tells stands in the table once, with its player, over a server that is killed', async ({
  page,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'emberwood-events-'))
  const file = join(folder, 'game.db')
  const port = String(await freePort())
  // The next one is the same to the browser: address, secret, database.
  const env = { PORT: port, DATABASE_URL: `sqlite:${file}`, SESSION_SECRETS: 'a-secret-for-this-test' }
  const told = () => {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    return database.prepare(`SELECT name, user_id, data FROM event WHERE told_by = 'page' ORDER BY at`).all()
  }
  const player = new Player(page)
  await using first = await startGame({ env })
  await player.open(`${first.url}/missions`)
  const user_id = await player.id()
  const begun = { name: 'session-start', user_id, data: '{"place":"/missions"}' }
  await expect.poll(told).toEqual([begun])
  await first.stop('SIGKILL')
  const lost = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/track/record_event'))
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error('the bridge is out')
    })
  })
  await lost
  await using second = await startGame({ env })
  await page.evaluate(() => dispatchEvent(new Event('online')))
  const error = { name: 'error', user_id, data: expect.stringContaining('the bridge is out') }
  await expect.poll(told).toEqual([begun, error])
  // By a link of the page's own: an address that is typed in is another visit.
  await page.evaluate(() => (location.href = 'about:blank'))
  const end = { name: 'session-end', user_id, data: expect.stringMatching(/^\{"seconds":\d+\}$/) }
  await expect.poll(told).toEqual([begun, error, end])
  await second.stop()
  await rm(folder, { recursive: true, force: true })
})
