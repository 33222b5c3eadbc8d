import type { TestProject } from 'vitest/node'
import { startPostgres, type Postgres } from './postgres.ts'
import { provision, type ServiceName } from './provision.ts'

declare module 'vitest' {
  /** What unit tests get by `inject`. `server/services.ts` says the same: rooms do not import each other. */
  interface ProvidedContext {
    memcached: { path: string } | { missing: string }
    nats: { path: string } | { missing: string }
    postgres: { url: string } | { missing: string }
  }
}

/** Vitest's global setup: real servers for unit tests that stand on them, found or installed, and gone when the run is over. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [memcached, nats, postgres] = await Promise.all([found('memcached'), found('nats'), startedPostgres()])
  project.provide('memcached', memcached)
  project.provide('nats', nats)
  project.provide('postgres', 'missing' in postgres ? postgres : { url: postgres.url })
  for (const service of [memcached, nats, postgres])
    if ('missing' in service) console.warn(`tests that need it are left out: ${service.missing}`)
  return async () => {
    if (!('missing' in postgres)) await postgres[Symbol.asyncDispose]()
  }
}

async function found(name: ServiceName): Promise<{ path: string } | { missing: string }> {
  const service = await provision(name)
  return service.path === null ? { missing: service.reason } : { path: service.path }
}

async function startedPostgres(): Promise<Postgres | { missing: string }> {
  const service = await provision('postgresql')
  if (service.path === null) return { missing: service.reason }
  try {
    return await startPostgres(service)
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    return { missing: `${service.path} does not start here: ${error instanceof Error ? error.message : String(error)}` }
  }
}
