import { MAX_ERROR } from '../../../server/wire/event.ts'
import type { Tell } from './tell.ts'

/** Of one page: who has much to complain of is not heard above all others. */
const MOST = 5

/**
 * Tells what nobody caught, as `error` with its stack, the place and the release; the same error once, at most {@link MOST} a page. Stacks name files as they are served: the
 * release says which those were.
 */
export function trackErrors(tell: Tell, release: string, signal: AbortSignal): void {
  const known = new Set<string>()

  function note(error: unknown, message = textOf(error), where = '') {
    const stack = (error instanceof Error && error.stack) || where
    const same = `${message}\n${stack}`
    if (known.has(same) || known.size >= MOST) return
    known.add(same)
    tell('error', {
      message: message.slice(0, MAX_ERROR.message),
      stack: stack.slice(0, MAX_ERROR.stack),
      place: location.pathname.slice(0, MAX_ERROR.place),
      release: release.slice(0, MAX_ERROR.release),
    })
  }

  addEventListener(
    'error',
    ({ error, message, filename, lineno, colno }) => note(error, message, `at ${filename}:${lineno}:${colno}`),
    { signal },
  )
  addEventListener('unhandledrejection', ({ reason }) => note(reason), { signal })
}

/** What is thrown need not be an error. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return typeof thrown
  }
}
