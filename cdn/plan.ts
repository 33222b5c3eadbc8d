import { readBuilt, type Built } from './built.ts'
import { headersFile } from './headers.ts'
import { linksOf } from './links.ts'
import { nginxConfig } from './nginx.ts'
import { tagsOf } from './tags.ts'
import { checkBase } from './urls.ts'

/** What can be derived from a build for those who serve it. */
const PLANS = {
  headers: headersFile,
  nginx: (built, base) => nginxConfig(built, { base }),
  hints: (built, base) => json(built.documents.map((name) => [name, linksOf(built, name, base)])),
  tags: (built) => json(Object.entries(tagsOf(built))),
} satisfies Record<string, (built: Built, base: string) => string>

export type PlanName = keyof typeof PLANS
export const PLAN_NAMES = Object.keys(PLANS) as PlanName[]

/**
 * @param base path under which the folder is served, as in `/game/`.
 * @throws Error if the folder does not exist or holds no build of ours, TypeError for a base that is no path.
 */
export function plan(dir: string, name: PlanName, base: string): string {
  const built = readBuilt(dir)
  if (!built.manifest)
    throw new Error(`${dir} holds no manifest.json of a build: build first, or name the built folder`)
  return PLANS[name](built, checkBase(base))
}

const json = (entries: [string, unknown][]): string => `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`
