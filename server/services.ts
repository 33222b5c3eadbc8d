import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { inject, type ProvidedContext } from 'vitest'

declare module 'vitest' {
  /** Real servers for tests, found or started by `e2e/services/unit.ts`, Vitest's global setup. */
  interface ProvidedContext {
    /** The program: each test starts its own. */
    memcached: { path: string } | { missing: string }
    /** The program: each test starts its own. */
    nats: { path: string } | { missing: string }
    /** A running server whose user may do anything: each test makes a schema or a database of its own. */
    postgres: { url: string } | { missing: string }
  }
}

type Service<Name extends keyof ProvidedContext> = Exclude<ProvidedContext[Name], { missing: string }>

/**
 * A real server for tests, or undefined where the machine has none, which the global setup has said in a line:
 *
 * ```ts
 * const memcached = service('memcached')
 * test.skipIf(!memcached)('…', …)
 * ```
 */
export function service<Name extends keyof ProvidedContext>(name: Name): Service<Name> | undefined {
  const given = inject(name)
  return 'missing' in given ? undefined : (given as Service<Name>)
}

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Ends a program at once, as a crash does; resolves when it has ended. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
