import { test } from '@playwright/test'
import { provision, type ServiceName } from './provision.ts'

/** The path of a program without which a test says nothing: where it is not to be had the test is left out, with the reason; on CI it fails. */
export async function needed(name: ServiceName): Promise<string> {
  const service = await provision(name)
  if (service.path !== null) return service.path
  if (process.env['CI'] === 'true') throw new Error(service.reason)
  test.skip(true, service.reason)
  return ''
}
