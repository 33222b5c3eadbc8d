import { existsSync } from 'node:fs'
import path from 'node:path'
import { findProject, type Project } from '../project.ts'

/** What the command is to examine. */
export interface Target {
  folder: string
  /** Set where the folder was found by its project. */
  project: Project | undefined
}

/**
 * The folder itself, where it is one that ships, or what its project builds: `dist`, or where Vite's configuration says.
 * @throws Error if the project has not been built, with the command that does.
 */
export async function findBuilt(folder: string | undefined): Promise<Target> {
  if (folder !== undefined && !existsSync(path.join(folder, 'package.json')))
    return { folder: path.resolve(folder), project: undefined }
  const project = findProject(folder ?? '.')
  const built = await outDirOf(project)
  if (!existsSync(built))
    throw new Error(
      `${project.root} has not been built: there is no ${built}. Run "npx ${builderOf(project)} build" first`,
    )
  return { folder: built, project }
}

/** As Vite sees it. Paths in a configuration are relative to where the command runs: that is the project's root here. */
async function outDirOf({ root, viteConfig }: Project): Promise<string> {
  const { resolveConfig } = await import('vite')
  process.chdir(root)
  // Not as for a build: firstframe() itself would make room for one, beside the folder that is wanted here.
  const config = await resolveConfig(
    { logLevel: 'silent', ...(viteConfig !== undefined && { configFile: viteConfig }) },
    'serve',
    'production',
    'production',
  )
  return path.resolve(config.root, config.build.outDir)
}

const builderOf = ({ server }: Project): string => (server === undefined ? 'vite' : 'firstframe')
