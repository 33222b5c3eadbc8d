import type { BalancerTimes, BrowserTimes, Pause, Section, Trace } from '../../middleware/traces.ts'

/** One line of a waterfall. Milliseconds on the axis that all of its bars share. */
export interface Bar {
  /** Who measured it. */
  side: 'balancer' | 'server' | 'browser'
  layer: string
  from: number
  to: number
  /** Bars that it stands within. */
  depth: number
  /** What it did, and what came of it; `''` for nothing. */
  detail: string
  outcome: string
}

/** One request from the load balancer to the screen. */
export interface Axis {
  bars: Bar[]
  /** Where the axis ends; it begins at 0. */
  whole: number
  /** Where its 0 lies, counted from the request's first line at the server: 0 or before. */
  start: number
}

/**
 * Puts what balancer, server and browser measured of one request on one axis. Their clocks differ, so only lengths are taken: each one's time for the whole
 * of the next one inside it is longer by the way there and back, and half of that is taken for the way there.
 */
export function axisOf(trace: Trace, pauses: readonly Pause[]): Axis {
  const inside = trace.balancer ? untilAnswer(trace.balancer) : trace.took
  // Of the balancer's first moment, and of the browser's, where the server's own is 0.
  const outside = trace.balancer ? -half(trace.balancer.response - trace.took) - waitBefore(trace.balancer) : 0
  const bars = [
    ...(trace.balancer ? balancerBars(trace.balancer, outside) : []),
    ...serverBars(trace, pauses),
    ...(trace.browser ? browserBars(trace.browser, { from: outside, took: inside }) : []),
  ]
  const least = Math.min(...bars.map(({ from }) => from))
  return {
    bars: bars.map((bar) => ({ ...bar, from: bar.from - least, to: bar.to - least })),
    whole: Math.max(...bars.map(({ to }) => to - least), 0.01),
    start: least,
  }
}

/** Whole milliseconds may round to less than what lies within. */
const half = (slack: number): number => Math.max(0, slack) / 2
const waitBefore = ({ receive, queue, connect }: BalancerTimes): number => receive + queue + connect
const untilAnswer = (times: BalancerTimes): number => waitBefore(times) + times.response

/** Steps that follow one another from `at`. */
function steps(side: Bar['side'], at: number, list: readonly (readonly [string, number, string])[]): Bar[] {
  return list.map(([layer, took, detail]) => {
    const from = at
    at += took
    return { side, layer, from, to: at, depth: 1, detail, outcome: '' }
  })
}

function balancerBars(times: BalancerTimes, at: number): Bar[] {
  const { server, receive, queue, connect, response, send } = times
  const whole = { layer: 'balancer', from: at, to: at + untilAnswer(times) + send, detail: `gave it to ${server}` }
  return [
    { side: 'balancer', depth: 0, outcome: '', ...whole },
    ...steps('balancer', at, [
      ['receive', receive, 'until the request was there'],
      ['queue', queue, 'until an instance was free'],
      ['connect', connect, 'until it took the connection'],
      ['response', response, 'until its answer began'],
      ['send', send, 'until the caller had all of it'],
    ]),
  ]
}

/** Layers by the names that people know them by. */
const NAMES: Readonly<Record<string, string>> = { identity: 'identity map', local: 'local cache' }

function serverBars(trace: Trace, pauses: readonly Pause[]): Bar[] {
  const { took, began, sections } = trace
  const sent = Math.max(trace.sent, took)
  const bar = (layer: string, from: number, to: number, detail: string): Bar => ({
    side: 'server',
    layer,
    from,
    to,
    depth: 0,
    detail,
    outcome: '',
  })
  return [
    bar('outer', 0, took, 'to the first byte'),
    ...sections.map((section) => ({
      side: 'server' as const,
      layer: NAMES[section.layer] ?? section.layer,
      from: section.from,
      to: section.to ?? took,
      depth: section.depth + 1,
      detail: section.detail ?? '',
      outcome: outcomeOf(section),
    })),
    bar('write', took, sent, 'until all of it was sent'),
    ...pauses.map(({ kind, from, to }) =>
      bar(
        kind,
        Math.max(0, from - began),
        Math.min(sent, to - began),
        kind === 'gc' ? 'garbage collection: nothing else ran' : 'the event loop was held: nothing else ran',
      ),
    ),
  ]
}

const outcomeOf = ({ outcome = '', times }: Section): string => (times === undefined ? outcome : `${times} found`)

/** @param server of the browser's wait, when what is behind the line began, and how long that took. */
function browserBars(times: BrowserTimes, server: { from: number; took: number }): Bar[] {
  const { kind, wait, transfer, connect = 0 } = times
  // Asked for ahead of the tap, an answer was waited for less than it took.
  const way = half(wait - server.took)
  const waitEnd = server.from + server.took + way
  const waitBegan = waitEnd - wait
  const began = waitBegan - connect
  const shown =
    kind === 'document'
      ? since(began, waitEnd + transfer, times)
      : steps('browser', waitEnd + transfer, [
          ['decode', times.decode ?? 0, 'pictures and stylesheets that it shows first'],
          ['morph', times.morph ?? 0, 'parsed and put in place'],
          ['paint', times.next ?? 0, 'to the next frame'],
        ])
  const end = Math.max(waitEnd + transfer, ...shown.map(({ to }) => to))
  const detail = kind === 'document' ? 'a new document' : 'parts of a page, from the tap on'
  return [
    { side: 'browser', layer: 'browser', from: began, to: end, depth: 0, detail, outcome: '' },
    ...steps('browser', began, kind === 'document' ? [['connect', connect, 'worker, name and line']] : []),
    ...steps('browser', waitBegan, [
      ['wait', wait, 'to the first byte'],
      ['transfer', transfer, 'to the last'],
    ]),
    ...shown,
  ]
}

/** What a new document tells is since it was asked for. */
function since(began: number, last: number, { parsed, paint, largest }: BrowserTimes): Bar[] {
  const bar = (layer: string, from: number, until: number | undefined, detail: string): Bar[] =>
    until === undefined
      ? []
      : [
          {
            side: 'browser',
            layer,
            from: Math.min(from, began + until),
            to: began + until,
            depth: 1,
            detail,
            outcome: '',
          },
        ]
  return [
    ...bar('parse', last, parsed, 'until all of it was read and scripts had run'),
    ...bar('paint', last, paint, 'until the first words stood (FCP)'),
    ...bar('largest', last, largest, 'until the largest thing stood (LCP)'),
  ]
}
