import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Finding } from './finding.ts'

/** Where a project keeps what reads its variables. */
const READER = 'server/env.ts'
/** Stands for secrets that nobody has set: the reader would make some and write them to a file. */
const NO_SECRETS = 'x'.repeat(32)

interface Reader {
  readEnv?: unknown
}

/** Has the project's own reader look at the environment, and tells what it says, one line each. A project without one has nothing wrong. */
export async function wrongVariables(root: string, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const file = path.join(root, READER)
  if (!existsSync(file)) return []
  const { readEnv } = (await import(pathToFileURL(file).href)) as Reader
  if (typeof readEnv !== 'function') return []
  try {
    readEnv({ ...environment, SESSION_SECRETS: environment['SESSION_SECRETS']?.trim() || NO_SECRETS })
    return []
  } catch (error) {
    const lines = error instanceof Error ? error.message.split('\n') : [String(error)]
    return lines.map((what) => ({
      id: 'variable',
      where: READER,
      bytes: 0,
      ms: 0,
      what,
      todo: 'Correct the variable, or unset it for its default: the server does not start with it.',
    }))
  }
}
