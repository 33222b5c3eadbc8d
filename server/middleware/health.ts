import { type RequestHandler, Router } from 'express'

export interface HealthOptions {
  /** Resolves when this process can do its work: the database answers. A rejection's message is told to who asks. */
  check: () => Promise<void>
  /** True once the server is shutting down. */
  draining: () => boolean
  /** Milliseconds that the check may take. Default 2,000. */
  patience?: number
}

/**
 * `/health/live`: the process answers; if not, restart it. `/health/ready`: it can do its work; if not (503), send it no more requests:
 * also while it drains.
 */
export function health({ check, draining, patience = 2000 }: HealthOptions): Router {
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
      (error: unknown) => say(503, `not ready: ${error instanceof Error ? error.message : String(error)}`),
    )
  })
  return router
}

function late(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds).unref()
  })
}
