import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { createServer as createVite, type Connect } from 'vite'
import type { Manifest } from '../server/wire/manifest.ts'
import { devManifest } from './plugins/dev.ts'
import { findProject } from './project.ts'

/** What a project's `server/main.ts` must export for `firstframe dev`. */
interface ServerModule {
  start: (options: {
    /** Stands in for a built client: what Vite serves, and its manifest, asked for anew for each page. Closed when the server is. */
    client: { manifest: () => Promise<Manifest>; handler: Connect.Server; close: () => Promise<void> }
    /** Without a listener yet: pages and Vite's own socket share its port. */
    server: ReturnType<typeof createServer>
  }) => Promise<unknown>
}

/**
 * Vite and the project's server in one process on one port. Run under `node --watch`, which starts it anew when a file of the
 * server changes: half a second, no stale state, and the page reloads by itself, since Vite's client does that when its socket comes back.
 */
export async function develop(folder: string): Promise<void> {
  const project = findProject(folder)
  if (!project.server || !project.viteConfig)
    throw new Error(
      `${project.root} has no server/main.ts or no Vite configuration: "vite" alone serves such a project in development`,
    )
  const server = createServer()
  const vite = await createVite({
    configFile: project.viteConfig,
    // Vite's other way writes a file and removes it again, which `node --watch` takes for a change of the server.
    configLoader: 'native',
    appType: 'custom',
    server: { middlewareMode: { server }, hmr: { server } },
  })
  const { start } = (await import(pathToFileURL(project.server).href)) as ServerModule
  const client = { manifest: () => devManifest(vite), handler: vite.middlewares, close: () => vite.close() }
  await start({ client, server })
}

if (import.meta.main) await develop(process.cwd())
