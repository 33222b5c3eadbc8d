import type { Request } from 'express'

/** Whose a request is, by `session()` or whatever else puts a text at `req.session.user`; null for a stranger, and where nothing tells sessions. */
export function playerOf(req: Request): string | null {
  const { session } = req as { session?: { user?: unknown } }
  return typeof session?.user === 'string' ? session.user : null
}
