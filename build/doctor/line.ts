/**
 * The line that all costs are told for: Lighthouse's "slow 4G", 1.6 Mbps down and 150 ms round trip, with the six connections that
 * a browser opens to a host by HTTP/1.1. A model to rank by, not a forecast: no slow start, no loss, no server time.
 */
export const LINE = { bitsPerSecond: 1_600_000, roundTrip: 150, connections: 6 } as const

/** Round trips before a first byte can be asked for: name, TCP, TLS 1.3. */
export const CONNECTING = 3

/** Milliseconds that bytes take on a line that carries nothing else. */
export const msOfBytes = (bytes: number): number => (bytes * 8000) / LINE.bitsPerSecond

/** Milliseconds of round trips that follow each other. */
export const msOfTrips = (trips: number): number => trips * LINE.roundTrip

/** Milliseconds spent asking when `requests` files are wanted at once: each connection waits a round trip for each of its own. */
export const msOfRequests = (requests: number): number => msOfTrips(Math.ceil(requests / LINE.connections))
