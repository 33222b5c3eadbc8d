import { DAY } from '../../events/queries.ts'

/** `12,345` */
export const count = (value: number): string => value.toLocaleString('en')

/** `25 Nov`: days are numbers since the epoch, UTC's. */
export const dateOf = (day: number): string =>
  new Date(day * DAY).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `25 Nov 14:05` of milliseconds since the epoch. */
export const timeOf = (ms: number): string =>
  `${dateOf(Math.floor(ms / DAY))} ${new Date(ms).toISOString().slice(11, 16)}`

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(part === 0 || part === whole ? 0 : 1)} %`

/** `1 player`, `3 players` */
export const of = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`
