import express from 'express'
import { expect, test } from 'vitest'
import { errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { requestId } from '../../middleware/requestid.ts'
import { answerPlain, listen } from '../../middleware/testing.ts'
import { controller, timing } from '../../middleware/timing.ts'
import { Timings } from '../../middleware/timings.ts'
import { Traces } from '../../middleware/traces.ts'
import { access } from '../access.ts'
import { tracePages } from './trace.ts'
import { Visits } from './visits.ts'

function site() {
  const traces = new Traces()
  const site = express()
  site.use(requestId(), timing({ timings: new Timings(), traces, log: () => {} }), headers())
  site.use(access({ token: '', development: true }), tracePages({ traces, visits: new Visits({ traces }) }))
  site.get('/slow', controller(), async (req, res) => {
    req.timing.controller = 'village/<slow>'
    await req.timing.span('database', () => new Promise((resolve) => setTimeout(resolve, 80)), {
      detail: 'select pg_sleep($1)',
      outcome: () => '1 row',
    })
    req.timing.count('statements')
    res.end()
  })
  site.use(notFound(), errors(answerPlain))
  return { site, traces }
}
const HTML = { headers: { Accept: 'text/html' } }

test('a slow statement is found: in the list, then in the waterfall', async () => {
  const { site: here, traces } = site()
  await using server = await listen(here)
  const { headers: answer } = await server.ask('/slow')
  await expect.poll(() => traces.slow()).toHaveLength(1)
  const { text: list } = await server.ask('/__timing__/requests', HTML)
  const id = String(answer['x-request-id'])
  expect(list).toContain(`href="/__timing__/requests/${id}">village/&lt;slow&gt;</a>`)
  const { text } = await server.ask(`/__timing__/requests/${id}`, HTML)
  expect(text).toMatch(/>database<small title="[^"]+">select pg_sleep\(\$1\) · 1 row<\/small>/)
  const width = Number(/class="l-database" x="[\d.]+" width="([\d.]+)"/.exec(text)?.[1])
  expect(width).toBeGreaterThan(70)
  expect(text).not.toMatch(/ style=|<script(?! type="module" src="\/__timing__\/refresh\.js"><)|NaN|Infinity|undefined/)
})

test('as JSON it has the sections, the counts and the pauses', async () => {
  const { site: here, traces } = site()
  await using server = await listen(here)
  const { headers: answer } = await server.ask('/slow')
  await expect.poll(() => traces.recent()).toHaveLength(1)
  const { text } = await server.ask(`/__timing__/requests/${String(answer['x-request-id'])}?format=json`)
  expect(JSON.parse(text)).toMatchObject({ route: 'village/<slow>', counts: { statements: 1 }, state: '200' })
})

test('a request that is not kept is said to be none, in words', async () => {
  await using server = await listen(site().site)
  const { status, text } = await server.ask('/__timing__/requests/nowhere-near')
  expect([status, text]).toEqual([404, expect.stringContaining('No request "nowhere-near" is kept')])
})
