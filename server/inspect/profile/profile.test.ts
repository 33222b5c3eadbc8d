import { expect, test } from 'vitest'
import { errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { body } from '../../middleware/limits.ts'
import { answerPlain, app, listen, type Listening } from '../../middleware/testing.ts'
import { controller } from '../../middleware/timing.ts'
import type { CpuProfile } from '../../profile/cpuprofile.ts'
import { createProfiler } from '../../profile/profiler.ts'
import { access } from '../access.ts'
import { profiled, profilePage } from './profile.ts'

/** Calls itself, so that V8 does not merge it into its caller, where no profile would find it. */
const crunch = (left = 29): number => (left < 2 ? left : crunch(left - 1) + crunch(left - 2))

function site() {
  const profiler = createProfiler()
  const site = app()
  site.use(profiled(profiler), headers(), body())
  site.use(
    access({ token: '', development: true }),
    profilePage({ profiler, routes: () => ['battle/<attack>'], release: () => 'r<1>' }),
  )
  site.get('/battle', controller(), (req, res) => {
    req.timing.controller = 'battle/attack'
    res.end(String(crunch()))
  })
  site.use(notFound(), errors(answerPlain))
  return { site, profiler }
}

const tell = (server: Listening, fields: Record<string, string>) =>
  server.ask('/__profile__', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
const look = async (server: Listening, query = '') =>
  (await server.ask(`/__profile__${query}`, { headers: { Accept: 'text/html' } })).text

async function gathered(server: Listening): Promise<void> {
  expect((await tell(server, { action: 'start', kind: 'cpu' })).status).toBe(303)
  for (let time = 0; time < 4; time++) await server.ask('/battle')
}

test('before anything was gathered the page says what to do', async () => {
  const { site: here } = site()
  await using server = await listen(here)
  const page = await look(server)
  expect(page).toContain('Nothing was gathered yet')
  expect(page).toContain('<option value="battle/&lt;attack&gt;">')
  expect(page).not.toMatch(/ style=|<script|NaN|Infinity|undefined/)
})

test('table, tree and flame graph name the hot function with its file and line', async () => {
  const { site: here, profiler } = site()
  await using server = await listen(here)
  await gathered(server)
  // Else it would see this test's own look for what no page may have.
  await tell(server, { action: 'stop' })
  for (const view of ['', '?view=tree', '?view=flame', '?sort=whole&find=CRUNCH']) {
    const page = await look(server, view)
    expect(page).toMatch(/crunch/)
    expect(page).toMatch(/profile\.test\.ts:\d+/)
    expect(page).not.toMatch(/ style=|<script|NaN|Infinity|undefined/)
  }
  await profiler.close()
})

test('a box of the flame graph leads to itself as the whole', async () => {
  const { site: here, profiler } = site()
  await using server = await listen(here)
  await gathered(server)
  const page = await look(server, '?view=flame')
  const [, href = ''] = /<a href="\/__profile__(\?[^"]*)"><svg[^>]*><title>crunch,/.exec(page) ?? []
  const zoomed = await look(server, href.replaceAll('&amp;', '&'))
  expect(/<title>(\w+),/.exec(zoomed)?.[1]).toBe('crunch')
  await profiler.close()
})

test('it is downloaded in three forms, named after the release', async () => {
  const { site: here, profiler } = site()
  await using server = await listen(here)
  await gathered(server)
  const cpu = await server.ask('/__profile__?format=cpuprofile')
  expect(cpu.headers['content-disposition']).toBe('attachment; filename="profile-cpu-r-1-.cpuprofile"')
  const { nodes } = JSON.parse(cpu.text) as CpuProfile
  expect(nodes.map(({ callFrame }) => callFrame.functionName)).toContain('crunch')
  expect((await server.ask('/__profile__?format=speedscope')).text).toContain('file-format-schema.json')
  expect((await server.ask('/__profile__?format=cachegrind')).text).toMatch(/^# callgrind format\n/)
  await profiler.close()
})

test('reset forgets, stop ends, a kept profile is compared with', async () => {
  const { site: here, profiler } = site()
  await using server = await listen(here)
  await gathered(server)
  await tell(server, { action: 'keep' })
  await tell(server, { action: 'reset' })
  await tell(server, { action: 'stop' })
  const page = await look(server)
  expect(page).not.toContain('crunch')
  expect(page).toContain('Stopped')
  await gathered(server)
  const [, name = ''] = /href="\/__profile__\?with=([^"]+)"/.exec(await look(server)) ?? []
  expect(await look(server, `?with=${name}`)).toMatch(/crunch.*then and now|then and now.*crunch/s)
  await profiler.close()
})

test.each([
  [{ action: 'burn' }, 'action is "burn": expected start, stop, reset or keep.'],
  [{ action: 'start', kind: 'all' }, 'kind is "all": expected cpu, counts or heap.'],
])('%j is refused in words', async (fields, words) => {
  const { site: here } = site()
  await using server = await listen(here)
  const { status, text } = await tell(server, fields)
  expect([status, text]).toEqual([400, expect.stringContaining(words)])
})

test('an unknown format is refused in words', async () => {
  const { site: here } = site()
  await using server = await listen(here)
  const { status, text } = await server.ask('/__profile__?format=pdf')
  expect([status, text]).toEqual([400, expect.stringContaining('expected one of cachegrind, cpuprofile, speedscope')])
})
