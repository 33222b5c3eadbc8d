import { Router } from 'express'
import { HttpError } from '../../middleware/httperror.ts'
import type { Traces } from '../../middleware/traces.ts'
import { axisOf } from './axis.ts'
import { document } from '../document.ts'
import { listView, TRACE_STYLE, waterfall } from './traceView.ts'
import { REFRESH, refreshScript } from '../timing/refresh.ts'
import { requestsOf, type Visits } from './visits.ts'
import { visitView } from './visitView.ts'

export interface TracePagesOptions {
  traces: Traces
  visits: Visits
}

/**
 * `/__timing__/requests`: the slowest requests of the hour, the latest ones, and the latest visits; `/__timing__/requests/ID`: one request as a waterfall, from the load balancer
 * to the browser's next paint, as far as each has told, with what held the process up meanwhile; `/__timing__/visits/ID`: all that one page's beacons told, and its requests.
 * JSON of one by `?format=json`. Stands behind {@link access}.
 */
export function tracePages({ traces, visits }: TracePagesOptions): Router {
  const router = Router()
  router.get(REFRESH, refreshScript)

  router.get('/__timing__/requests', (req, res) => {
    req.timing.controller = 'inspect'
    const { route } = req.query
    const body = listView({
      slow: traces.slow(),
      recent: traces.recent(),
      visits: visits.recent(),
      route: typeof route === 'string' ? route : undefined,
    })
    document(req, res, { title: 'Requests', body, style: TRACE_STYLE, script: REFRESH })
  })

  router.get('/__timing__/requests/:id', (req, res) => {
    req.timing.controller = 'inspect'
    const { id } = req.params
    const trace = traces.find(id)
    if (!trace)
      throw new HttpError(
        404,
        `No request "${id.slice(0, 64)}" is kept: only the latest, the slowest of the hour and those of followed visits are, in the process that answered them.`,
      )
    const pauses = traces.pausesOf(trace)
    const axis = axisOf(trace, pauses)
    if (req.query['format'] === 'json') {
      const { person: _, ...shown } = trace
      res.setHeader('Cache-Control', 'no-store')
      res.json({ ...shown, counts: Object.fromEntries(trace.counts), pauses, axis })
      return
    }
    const isClose = req.query['part'] === 'server'
    document(req, res, {
      title: trace.route,
      body: waterfall(trace, axis, isClose),
      style: TRACE_STYLE,
      script: REFRESH,
    })
  })

  router.get('/__timing__/visits/:id', (req, res) => {
    req.timing.controller = 'inspect'
    const { id } = req.params
    const visit = visits.find(id)
    if (!visit)
      throw new HttpError(
        404,
        `No visit "${id.slice(0, 64)}" is kept: only the latest are, in the process that got their beacons.`,
      )
    if (req.query['format'] === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      res.json(visit)
      return
    }
    const body = visitView(visit, requestsOf(visit, traces))
    document(req, res, { title: `Visit to ${visit.path}`, body, style: TRACE_STYLE, script: REFRESH })
  })
  return router
}
