import type { WorkboxPlugin } from 'workbox-core/types.js'
import { ExpirationPlugin, type ExpirationPluginOptions } from 'workbox-expiration'

/** One cache for each release's shell. */
export const SHELL = 'firstframe-shell-'
/** What the worker itself has to remember. */
export const STATE = 'firstframe-state'

const DAY = 24 * 60 * 60

/** What else is kept, and how much of it: beyond that, the longest unused goes first. */
export const STORES = {
  places: { cacheName: 'firstframe-places', limits: { maxEntries: 30 } },
  fragments: { cacheName: 'firstframe-fragments', limits: { maxEntries: 60 } },
  pictures: {
    cacheName: 'firstframe-pictures',
    limits: { maxEntries: 400, maxAgeSeconds: 90 * DAY, purgeOnQuotaError: true },
  },
  files: {
    cacheName: 'firstframe-files',
    limits: { maxEntries: 80, maxAgeSeconds: 90 * DAY, purgeOnQuotaError: true },
  },
} satisfies Record<string, { cacheName: string; limits: ExpirationPluginOptions }>

/** Its declared type differs from the interface it implements under `exactOptionalPropertyTypes`. */
export const bounded = (limits: ExpirationPluginOptions): WorkboxPlugin => new ExpirationPlugin(limits) as WorkboxPlugin
