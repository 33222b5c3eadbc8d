import { Router } from 'express'
import { type Reports, SPANS } from '../../events/report.ts'
import { HttpError } from '../../middleware/httperror.ts'
import { document } from '../document.ts'
import { EVENTS_STYLE } from './eventsStyle.ts'
import { eventsView } from './eventsView.ts'

export interface EventsPageOptions {
  reports: Reports
  /** Events lost since the start of this process. */
  lost: () => number
}

/**
 * `/__events__`: what players do, day by day; how many get how far, come back, and bring others; what fails in their browsers, with the lines that were written.
 * `?days=` takes 7, 30 or 90 (default 30), `?format=json` gives the numbers. Works without scripts. Stands behind {@link access}.
 */
export function eventsPage({ reports, lost }: EventsPageOptions): Router {
  const router = Router()
  router.get('/__events__', async (req, res) => {
    req.timing.controller = 'inspect'
    const { days: asked = '30', format } = req.query
    const days = SPANS.find((span) => String(span) === asked)
    if (days === undefined)
      throw new HttpError(400, `days is ${JSON.stringify(asked).slice(0, 40)}: expected ${SPANS.join(', ')}.`)
    if (format !== undefined && format !== 'json')
      throw new HttpError(400, `format is ${JSON.stringify(format).slice(0, 40)}: expected json.`)
    const report = await reports.read(days)
    if (format === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      res.json({ ...report, lost: lost() })
      return
    }
    document(req, res, { title: 'Events', style: EVENTS_STYLE, body: eventsView({ report, lost: lost() }) })
  })
  return router
}
