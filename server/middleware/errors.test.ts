import express from 'express'
import { expect, test } from 'vitest'
import { textOf } from '../log/text.ts'
import { createAssets } from './assets.ts'
import { answerError, errors, notFound } from './errors.ts'
import { MANIFEST, page } from './fixture.ts'
import { html } from './html.ts'
import { HttpError } from './httperror.ts'
import { createPages } from './pages.ts'
import { app, listen } from './testing.ts'

function site(log: string[] = [], errorPage?: Parameters<typeof answerError>[0]['errorPage']) {
  const assets = createAssets(MANIFEST, '')
  const site = app()
  site.use('/rule', () => {
    throw Object.assign(new Error('too-tired'), { status: 422, words: 'That costs 12 energy & you have 7.' })
  })
  site.use('/broken', async () => Promise.reject(new Error('secret detail')))
  site.use('/half', (_req, res) => {
    res.write('half of it')
    throw new Error('in the middle')
  })
  site.get('/items/:id', (_req, res) => res.end())
  site.use('/json', express.json(), (_req, res) => res.end())
  site.use('/odd', (_req, _res, next) => next('a text'))
  site.use('/teapot', () => {
    throw new HttpError(418, 'Short & stout.', { headers: { 'Retry-After': '3' } })
  })
  site.use(notFound())
  const say = (_req: unknown, _status: number, words: string) =>
    page([], {
      fragments: { main: () => html`<main>${words}</main>`, notice: () => html`<p id="notice">${words}</p>` },
      body: ({ main }) => html`${main}`,
    })
  site.use(
    errors(
      answerError({
        errorPage: errorPage ?? say,
        sendPage: createPages({ assets: () => assets }),
        log: (entry) => log.push(textOf(entry)),
      }),
    ),
  )
  return site
}

const HTML = { Accept: 'text/html' }

test.each([
  ['/nowhere', 404, 'There is nothing here.'],
  ['/rule', 422, 'That costs 12 energy &amp; you have 7.'],
  ['/broken', 500, 'Something went wrong on our side'],
  ['/odd', 500, 'Something went wrong on our side'],
  ['/items/%E0%A4', 400, 'not a valid URL'],
])('%s is answered %i in words, as a page', async (path, status, words) => {
  await using server = await listen(site())
  const answer = await server.ask(path, { headers: HTML })
  expect(answer.status).toBe(status)
  expect(answer.text).toContain('<!doctype html>')
  expect(answer.text).toContain(words)
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('a stack goes to the log, with the request’s id, and nowhere else', async () => {
  const log: string[] = []
  await using server = await listen(site(log))
  const { text, headers } = await server.ask('/broken', { headers: HTML })
  expect(text).not.toContain('secret')
  expect(log).toHaveLength(1)
  expect(log[0]).toContain(
    `error id=${String(headers['x-request-id'])} outer GET /broken: Error: secret detail\n    at `,
  )
})

test('what the caller got wrong is not logged as ours', async () => {
  const log: string[] = []
  await using server = await listen(site(log))
  await server.ask('/nowhere')
  await server.ask('/rule')
  expect(log).toEqual([])
})

test('to a request for parts the notice says it', async () => {
  await using server = await listen(site())
  const { text, status } = await server.ask('/rule', { method: 'POST', headers: { Fragment: 'main' } })
  expect(status).toBe(422)
  expect(text).toContain('<p id="notice">That costs 12 energy &amp; you have 7.</p>')
})

test.each([
  ['asks for JSON', '/rule', { Accept: 'application/json' }, 422, 'That costs 12 energy & you have 7.'],
  [
    'sends JSON',
    '/json',
    { 'Content-Type': 'application/json' },
    400,
    'What arrived could not be read: the body is not valid JSON.',
  ],
])('who %s gets JSON', async (_who, path, headers, status, words) => {
  await using server = await listen(site())
  const answer = await server.ask(path, { method: 'POST', headers: { ...headers }, body: '{"broken' })
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.text)).toEqual({ status, words })
})

test('headers that an error brings are sent', async () => {
  await using server = await listen(site())
  const { status, headers } = await server.ask('/teapot', { headers: HTML })
  expect({ status, after: headers['retry-after'] }).toEqual({ status: 418, after: '3' })
})

test('half an answer is cut off, not passed for a whole one', async () => {
  await using server = await listen(site())
  await expect(server.ask('/half')).rejects.toThrow(/aborted|hang up/)
})

test('when even the page for it fails, the words are sent plain', async () => {
  const log: string[] = []
  const broken = site(log, () => {
    throw new Error('no page')
  })
  await using server = await listen(broken)
  const { text, status, headers } = await server.ask('/rule', { headers: HTML })
  expect({ text, status }).toEqual({ text: 'That costs 12 energy & you have 7.', status: 422 })
  expect(headers['content-type']).toContain('text/plain')
  expect(log[0]).toContain('Error: no page')
})
