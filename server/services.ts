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
