import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { describeError, type WriteEntry } from '../log/entry.ts'
import { writeText } from '../log/text.ts'
import { HttpError } from './httperror.ts'
import type { Page, SendPage } from './pages.ts'
import { playerOf } from './player.ts'

export interface ErrorsOptions {
  /** Describes the page, or the fragments, that say it; `notice` among them. */
  errorPage: (req: Request, status: number, words: string) => Page | Promise<Page>
  sendPage: SendPage
  /** What an error without words of its own means to the caller: 503 for a database that does not answer. Default: all are a 500. */
  meaning?: ((error: unknown) => HttpError | undefined) | undefined
  /** Takes what nobody foresaw, with its stack. Default standard error, for people. */
  log?: WriteEntry
}

/** Answers a failed request, whatever failed. Also what a time-out calls, from outside the chain. */
export type AnswerError = (error: unknown, req: Request, res: Response) => Promise<void>

/**
 * Makes the end of every failure: an answer in words, as a page, as the fragments that were asked for (with `notice`), or as JSON
 * `{ status, words }` for those who sent or want JSON. Stacks go to the log alone.
 *
 * An error with a `status` of 400 to 499 and `words` is told as it is ({@link HttpError}, a game's own rules); the body parser's are
 * translated; all others are a 500, unless `meaning` knows better.
 */
export function answerError({ errorPage, sendPage, meaning, log = writeText }: ErrorsOptions): AnswerError {
  const tellLog = (error: unknown, req: Request, during?: string) =>
    log({
      kind: 'error',
      at: Date.now(),
      level: 'error',
      id: req.id,
      route: req.timing.controller,
      user: playerOf(req),
      method: req.method,
      path: req.path,
      during,
      ...describeError(error),
    })

  return async function answerError(error, req, res) {
    const { status, words, headers } = meaning?.(error) ?? tell(error)
    if (status >= 500) tellLog(error, req)
    if (res.headersSent) {
      // Half an answer must not look like a whole one. A whole one (a late error after the time-out's answer) stays as it is.
      if (!res.writableEnded) res.destroy()
      return
    }
    res.status(status).set(headers).set('Cache-Control', 'no-store')
    if (wantsJson(req)) {
      res.json({ status, words })
      return
    }
    try {
      const page = await errorPage(req, status, words)
      if (!res.headersSent) sendPage(req, res, { ...page, status })
    } catch (failure) {
      // A caller who asks for parts that no page has cannot be told in parts: that is no failure of ours.
      if (tell(failure).status >= 500) tellLog(failure, req, `making the page for ${status}`)
      if (!res.headersSent) res.type('text/plain').send(words)
    }
  }
}

/** The chain's last member: hands errors to {@link answerError}. */
export function errors(answer: AnswerError): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return async function errors(error: unknown, req, res, _next) {
    await answer(error, req, res)
  }
}

/** The chain's last but one: nobody answered. */
export function notFound(): RequestHandler {
  return function notFound(_req, _res, next) {
    next(new HttpError(404, 'There is nothing here. The path may have changed, or it never led anywhere.'))
  }
}

function tell(error: unknown): { status: number; words: string; headers: Readonly<Record<string, string>> } {
  const { status, words, headers, type, limit } = (error ?? {}) as Partial<HttpError> & {
    type?: string
    limit?: number
  }
  if (typeof status === 'number' && typeof words === 'string') return { status, words, headers: headers ?? {} }
  const parsed = PARSER[type ?? '']?.replace('LIMIT', String(limit))
  if (parsed && typeof status === 'number') return { status, words: parsed, headers: {} }
  // Express's own: a URL that cannot be decoded.
  if (status === 400) return { status, words: 'This address could not be read: it is not a valid URL.', headers: {} }
  return {
    status: 500,
    words: 'Something went wrong on our side, and we have noted it. Try again in a moment.',
    headers: {},
  }
}

/** What `body-parser` calls its errors (https://expressjs.com/en/resources/middleware/body-parser.html#errors), in words. */
const PARSER: Readonly<Record<string, string>> = {
  'entity.too.large': 'That was too much at once: at most LIMIT bytes are taken here.',
  'entity.parse.failed': 'What arrived could not be read: the body is not valid JSON.',
  'encoding.unsupported': 'What arrived could not be read: send it without compression.',
  'charset.unsupported': 'What arrived could not be read: send it as UTF-8.',
  'parameters.too.many': 'That form has too many fields.',
  'request.aborted': 'The request ended before it was complete.',
  'request.size.invalid': 'The request was shorter or longer than it said.',
}

const wantsJson = (req: Request): boolean => Boolean(req.is('json')) || req.accepts(['html', 'json']) === 'json'
