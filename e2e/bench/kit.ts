import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const fromProject = createRequire(join(import.meta.dirname, '../../package.json'))

/**
 * The kit through one of its doors, as someone else's project opens it: `await door<{ createStore: … }>('server/store')`. The caller says what of it
 * it uses; a bench that stands in a package of its own, for its peers, cannot import it by name.
 */
export async function door<Room>(name: string): Promise<Room> {
  return (await import(pathToFileURL(fromProject.resolve(`firstframe/${name}`)).href)) as Room
}
