import path from 'node:path'
import { build } from 'vite'
import { installPeers } from '../../bench/side.ts'

const root = path.join(import.meta.dirname, '../../..')
const peers = path.join(root, 'e2e/bench/node_modules')
/** The engines as a bundler takes them; they are the benches' peers, and nothing of the kit's. */
const ENGINES: Record<string, string> = {
  phaser: path.join(peers, 'phaser/dist/phaser.esm.js'),
  'pixi.js': path.join(peers, 'pixi.js/lib/index.mjs'),
  'pixi.js/unsafe-eval': path.join(peers, 'pixi.js/lib/unsafe-eval/init.mjs'),
}

/** A page's script: `code` with imports from an engine and from `client/…`. */
export async function engineScript(code: string): Promise<string> {
  await installPeers((line) => console.error(line))
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'engine',
        resolveId: (id) =>
          id === 'engine:entry' ? `\0${id}` : id.startsWith('client/') ? path.join(root, id) : ENGINES[id],
        load: (id) => (id === '\0engine:entry' ? code : undefined),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: 'engine:entry', output: { codeSplitting: false } },
    },
  })
  const [chunk] = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  if (chunk?.type !== 'chunk') throw new Error('engine: nothing was bundled')
  return chunk.code
}
