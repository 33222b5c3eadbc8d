import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { answer, told } from '../side.ts'

// A side: runs AssetPack on the pictures of one ending, and tells for each the file that its manifest lists first.

interface Modules {
  AssetPack: new (config: object) => { run: () => Promise<void> }
  compress: (options: object) => unknown
  pixiManifest: () => unknown
}
const load = async (name: string) => (await import(name)) as Partial<Modules>
const all = {
  ...(await load('@assetpack/core')),
  ...(await load('@assetpack/core/image')),
  ...(await load('@assetpack/core/manifest')),
}
const { AssetPack, compress, pixiManifest } = all as Modules

const { entry, output, options, only } = told() as { entry: string; output: string; options: object; only: string }
const pipes = [compress(options), pixiManifest()]
const ignore = [`**/*.${only === 'png' ? 'jpg' : 'png'}`]
await new AssetPack({ entry, output, ignore, cache: false, logLevel: 'error', pipes }).run()

interface Manifest {
  bundles: { assets: { src: string[] }[] }[]
}
const manifest = JSON.parse(readFileSync(path.join(output, 'manifest.json'), 'utf8')) as Manifest
const lists = manifest.bundles.flatMap(({ assets }) => assets.map(({ src }) => src))
for (const name of globSync(`**/*.${only}`, { cwd: entry })) {
  const stem = name.slice(0, -path.extname(name).length)
  const [first] = lists.find(([file = '']) => file.slice(0, -path.extname(file).length) === stem) ?? []
  if (first === undefined) throw new Error(`AssetPack's manifest lists nothing for ${name}`)
  answer({ name, first: path.join(output, first) })
}
