import { type RequestHandler, Router } from 'express'
import type { Log } from './timing.ts'

export interface HealthOptions {
  /** Resolves when this process can do its work: the database answers. The log says why it does not. */
  check: () => Promise<void>
  /** True once the server is shutting down. */
  draining: () => boolean
  /** Milliseconds that the check may take. Default 2,000. */
  patience?: number
  /** Takes a line when the check fails. Default standard error. */
  log?: Log
}

/**
 * `/health/live`: the process answers; if not, restart it. `/health/ready`: it can do its work; if not (503), send it no more requests:
 * also while it drains.
 */
export function health({ check, draining, patience = 2000, log = console.error }: HealthOptions): Router {
  const router = Router()
  const answer = (status: number, words: string): RequestHandler =>
    function health(_req, res) {
      res.status(status).set('Cache-Control', 'no-store').type('text/plain').send(`${words}\n`)
    }

  router.use('/health', (req, _res, next) => {
    req.timing.controller = 'health'
    next()
  })
  router.get('/health/live', answer(200, 'live'))
  router.get('/health/ready', (req, res, next) => {
    const say = (status: number, words: string) => answer(status, words)(req, res, next)
    if (draining()) {
      say(503, 'draining')
      return
    }
    Promise.race([check(), late(patience)]).then(
      () => say(200, 'ready'),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        log(`not ready id=${req.id}: ${reason}`)
        say(503, 'not ready')
      },
    )
  })
  return router
}

function late(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds).unref()
  })
}
