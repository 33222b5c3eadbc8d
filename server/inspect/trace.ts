import { Router } from 'express'
import { HttpError } from '../middleware/httperror.ts'
import type { Traces } from '../middleware/traces.ts'
import { document } from './document.ts'
import { listView, waterfall } from './traceView.ts'

export interface TracePagesOptions {
  traces: Traces
}

/**
 * `/__timing__/requests`: the slowest requests of the hour and the latest ones; `/__timing__/requests/ID`: one of them as a waterfall, section by section, with what
 * held the process up meanwhile. JSON by `?format=json`. Stands behind {@link access}.
 */
export function tracePages({ traces }: TracePagesOptions): Router {
  const router = Router()

  router.get('/__timing__/requests', (req, res) => {
    req.timing.controller = 'inspect'
    document(req, res, { title: 'Requests', body: listView({ slow: traces.slow(), recent: traces.recent() }) })
  })

  router.get('/__timing__/requests/:id', (req, res) => {
    req.timing.controller = 'inspect'
    const { id } = req.params
    const trace = traces.find(id)
    if (!trace)
      throw new HttpError(
        404,
        `No request "${id.slice(0, 64)}" is kept: only the latest and the slowest of the hour are, in the process that answered them.`,
      )
    const pauses = traces.pausesOf(trace)
    if (req.query['format'] === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      res.json({ ...trace, counts: Object.fromEntries(trace.counts), pauses })
    } else document(req, res, { title: trace.route, body: waterfall(trace, pauses) })
  })
  return router
}
