import { Router } from 'express'
import { pipeline } from 'node:stream/promises'
import type { Retainers } from '../../memory/heapgraph.ts'
import type { Memory } from '../../memory/memory.ts'
import { HttpError } from '../../middleware/httperror.ts'
import { document } from '../document.ts'
import { memoryView } from './memoryView.ts'

export interface MemoryPageOptions {
  memory: Memory
}

/**
 * `/__memory__`: memory over time; what there is by type, what of it grew between two looks, and who holds the objects of a type. `?format=json` for the
 * numbers, `?format=heapsnapshot` for all of it as Chrome reads it. Works without scripts. Stands behind {@link access}.
 */
export function memoryPage({ memory }: MemoryPageOptions): Router {
  const router = Router()
  let held: { type: string; at: number; ways: Retainers[] } | undefined

  router.get('/__memory__', async (req, res) => {
    req.timing.controller = 'inspect'
    const { format, since } = req.query
    if (format === 'heapsnapshot') {
      res.setHeader('Content-Type', 'application/json')
      res.setHeader('Cache-Control', 'no-store, no-transform')
      res.setHeader('Content-Disposition', 'attachment; filename="memory.heapsnapshot"')
      await pipeline(memory.snapshot(), res)
      return
    }
    if (format === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      res.json({ points: memory.points, looks: memory.looks })
      return
    }
    if (format !== undefined)
      throw new HttpError(400, `format is ${JSON.stringify(format).slice(0, 40)}: expected json or heapsnapshot.`)
    const now = memory.looks.at(-1)
    const before = memory.looks.find(({ name }) => name === since) ?? memory.looks.at(-2)
    document(req, res, { title: 'Memory', body: memoryView({ memory, now, before, held }) })
  })

  router.post('/__memory__', async (req, res) => {
    req.timing.controller = 'inspect'
    const { action, type } = (req.body ?? {}) as Record<string, unknown>
    if (action === 'look') {
      await memory.look()
      held = undefined
    } else if (action === 'retainers' && typeof type === 'string' && type !== '')
      held = { type, at: Date.now(), ways: await memory.retainers(type) }
    else
      throw new HttpError(
        400,
        `action is "${String(action).slice(0, 40)}": expected look, or retainers with the name of a type.`,
      )
    res.redirect(303, held ? '/__memory__#held' : '/__memory__')
  })
  return router
}
