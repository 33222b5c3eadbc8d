import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Longer than a load balancer keeps its idle connections (HAProxy's `timeout http-keep-alive`: commonly 60 s), so that it closes first. */
const KEEP_ALIVE = 75_000

/** Open ones. */
const connections = new WeakMap<Server, Set<Socket>>()

export interface ListenOptions {
  /** 0 takes a free one. */
  port: number
  host: string
  /** Seconds a request may take. Arriving may take as long, and at least 10. */
  requestTimeout: number
}

/**
 * Listens, set for small answers behind a load balancer.
 *
 * @returns the URL to open, `http://localhost:3000`.
 * @throws Error in one line: a port that is taken or not allowed, a host that is none of this machine's.
 */
export async function listen(server: Server, { port, host, requestTimeout }: ListenOptions): Promise<string> {
  const sockets = new Set<Socket>()
  connections.set(server, sockets)
  server.on('connection', (socket) => {
    // Small answers go out at once, not when Nagle's algorithm has gathered more.
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.keepAliveTimeout = KEEP_ALIVE
  server.headersTimeout = 10_000
  // To arrive, not to be answered: the chain's own time-out is for that.
  server.requestTimeout = Math.max(10, requestTimeout) * 1000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(unheard(error, port, host), { cause: error })),
    )
    server.listen(port, host, resolve)
  })
  const name = /^(?:127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(host) ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${(server.address() as AddressInfo).port}`
}

function unheard(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE')
    return `PORT is ${port}: another program listens there on ${host}; end it, or choose another port, for example PORT=${port + 1}`
  if (error.code === 'EACCES')
    return `PORT is ${port}: this user may not listen there; ports from 1024 on need no rights`
  if (error.code === 'ENOTFOUND' || error.code === 'EADDRNOTAVAIL')
    return `HOST is "${host}": this machine has no such address; expected one of its own, for example HOST=127.0.0.1`
  return `cannot listen on ${host}:${port}: ${error.message}`
}

/** Takes no more connections, and waits for the answers under way, for `patience` milliseconds at most (default 10,000). */
export async function drain(server: Server, patience = 10_000): Promise<void> {
  const closed = new Promise((resolve) => {
    server.close(resolve)
  })
  // A connection kept alive would outlast its last answer by KEEP_ALIVE.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  // Browsers open one ahead, which Node takes for busy as long as nothing has been asked on it.
  for (const socket of connections.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy()
  const over = new Promise((resolve) => {
    setTimeout(resolve, patience).unref()
  })
  await Promise.race([closed, over])
  clearInterval(idle)
  server.closeAllConnections()
}
