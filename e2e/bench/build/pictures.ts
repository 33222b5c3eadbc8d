import { globSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { summarise, type Figure } from '../figure.ts'
import { answerOf, side } from '../side.ts'
import { scene } from '../../games/paint.ts'
import { createProject, gallery, largeGallery, served, type Project } from './picturesProject.ts'

/** Of the game's pictures every so many-th: all of them would take a quarter of an hour. */
const WEIGHED = 4
const ENCODED = 2
const RUNS = 3

const firstframe = (pictures: object): string =>
  `import { firstframe } from 'firstframe'\nconst config = { plugins: [firstframe({ pictures: ${JSON.stringify(pictures)}, worker: false })] }`
/** JSON has no infinity. */
const ALL_AVIF = { avifSeconds: 100_000 }

/** What pictures weigh after the build, and what the build costs. */
export async function* pictureFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  yield* weights(say)
  yield await coldEncode(say)
  yield* largeBuild(say)
}

/** Pictures by name: the file that is sent. */
type Files = Record<string, string>

async function* weights(say: (line: string) => void): AsyncGenerator<Figure> {
  await using project = await createProject(gallery(WEIGHED))
  await project.build(firstframe(ALL_AVIF))
  const ours = await served(project)
  const sources = path.join(project.folder, 'public')
  await using plugged = await createProject({}, { peers: true })
  const likeness = await judge(sources, ours)
  say(`ours: ${kilo(weigh(ours))}, SSIM ${mean(likeness).toFixed(4)} over ${likeness.size} pictures`)
  for (const { name, peer, trial } of [
    { name: 'bytes-vs-optimizer', peer: 'vite-plugin-image-optimizer 2.0.3', trial: optimizer(sources, plugged) },
    { name: 'bytes-vs-assetpack', peer: 'AssetPack 1.7.0, what its manifest lists first', trial: assetpack(sources) },
  ]) {
    const their = await nearest(sources, { likeness, trial, say: (line) => say(`${peer}, ${line}`) })
    yield summarise({
      name,
      unit: 'ratio',
      versus: `${peer}, ${their.setting}, SSIM ${their.likeness.toFixed(4)} against ours ${mean(likeness).toFixed(4)}`,
      values: [weigh(ours) / their.bytes],
    })
  }
}

/** What a peer makes of all pictures at these qualities, by the ending of their names. */
type Trial = (quality: Record<Ending, number>) => Promise<Files>
type Ending = 'png' | 'jpg'
const endingOf = (name: string): Ending => (name.endsWith('.png') ? 'png' : 'jpg')

/** It quantises PNGs and recompresses JPEGs. */
const optimizer =
  (sources: string, peer: Project): Trial =>
  async ({ png, jpg }) => {
    await peer.build(
      `import { ViteImageOptimizer } from 'vite-plugin-image-optimizer'
       const jpeg = { quality: ${jpg}, mozjpeg: true }
       const png = { quality: ${png}, compressionLevel: 9, effort: 10 }
       const config = { plugins: [ViteImageOptimizer({ logStats: false, png, jpeg, jpg: jpeg })], publicDir: ${JSON.stringify(sources)} }`,
    )
    const dist = path.join(peer.folder, 'dist')
    return Object.fromEntries(
      globSync('art/**/*.{png,jpg}', { cwd: dist }).map((name) => [name, path.join(dist, name)]),
    )
  }

/** Its WebP stands before PNG, JPEG and AVIF in the manifest, so that AVIF, a minute's work, is not made here. */
function assetpack(sources: string): Trial {
  const output = path.join(sources, '../assetpack')
  return async ({ png, jpg }) => {
    const files: Files = {}
    for (const [ending, quality] of Object.entries({ png, jpg })) {
      const part = path.join(output, ending)
      await rm(part, { recursive: true, force: true })
      await mkdir(part, { recursive: true })
      const options = { png: true, jpg: true, webp: { quality, alphaQuality: 80 }, avif: false }
      const told = { entry: sources, output: part, options, only: ending }
      for await (const { name, first } of side<{ name: string; first: string }>('build/picturesAssetpack.ts', told))
        files[name] = first
    }
    return files
  }
}

interface Peer {
  bytes: number
  likeness: number
  setting: string
}

/** A peer's pictures at the highest qualities at which those of either kind are on the whole not more like their sources than ours, to a step of two. */
async function nearest(
  sources: string,
  { likeness, trial, say }: { likeness: Likeness; trial: Trial; say: (line: string) => void },
): Promise<Peer> {
  const parts = (['png', 'jpg'] as const).map((ending) => {
    const names = [...likeness.keys()].filter((name) => endingOf(name) === ending)
    const ours = mean(new Map(names.map((name) => [name, likeness.get(name) ?? Number.NaN])))
    return { ending, names, ours, low: 50, high: 90, best: { bytes: Number.NaN, likeness: Number.NaN } }
  })
  const [png, jpg] = parts as [(typeof parts)[number], (typeof parts)[number]]
  const middle = ({ low, high }: (typeof parts)[number]): number => Math.max(low, Math.floor((low + high) / 2))
  for (let isDone = false; !isDone; isDone = parts.every(({ low, high }) => high - low <= 2)) {
    const files = await trial({ png: middle(png), jpg: middle(jpg) })
    const judged = await judge(sources, files)
    for (const part of parts) {
      const { ending, names, ours } = part
      const quality = middle(part)
      const result = {
        bytes: weigh(Object.fromEntries(names.map((name) => [name, files[name] ?? '']))),
        likeness: mean(new Map(names.map((name) => [name, judged.get(name) ?? Number.NaN]))),
      }
      say(`${ending} at ${quality}: ${kilo(result.bytes)}, SSIM ${result.likeness.toFixed(4)}, ours ${ours.toFixed(4)}`)
      if (result.likeness > ours) part.high = quality
      else {
        part.low = quality
        part.best = result
      }
    }
  }
  const bytes = png.best.bytes + jpg.best.bytes
  const total = png.best.likeness * png.names.length + jpg.best.likeness * jpg.names.length
  return {
    bytes,
    likeness: total / likeness.size,
    setting: `PNG at ${png.low}, JPEG at ${jpg.low}`,
  }
}

type Likeness = Map<string, number>

async function judge(sources: string, files: Files): Promise<Likeness> {
  const names = Object.keys(files)
  const halves = [0, 1].map((half) => names.filter((_, at) => at % 2 === half))
  const results = await Promise.all(
    halves.map(async (half) => {
      const values: number[] = []
      const pairs = half.map((name): [string, string] => [path.join(sources, name), files[name] ?? ''])
      for await (const value of side<number>('build/picturesJudge.ts', pairs)) values.push(value)
      return half.map((name, at): [string, number] => [name, values[at] ?? Number.NaN])
    }),
  )
  return new Map(results.flat())
}

const mean = (likeness: Likeness): number =>
  [...likeness.values()].reduce((sum, value) => sum + value, 0) / likeness.size
const weigh = (files: Files): number => Object.values(files).reduce((sum, file) => sum + statSync(file).size, 0)
const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`

/** Encoding everything for the first time, against a loop that makes the same files and has been told how. */
async function coldEncode(say: (line: string) => void): Promise<Figure> {
  await using project = await createProject(gallery(ENCODED))
  const ratios: number[] = []
  for (let run = 1; run <= RUNS; run++) {
    await project.forget()
    await project.build(firstframe(ALL_AVIF))
    const { spans, pictures, encodes } = await project.report()
    const ours = spans.find(({ what }) => what === 'pictures')?.ms ?? Number.NaN
    const target = path.join(project.folder, 'loop')
    await mkdir(target, { recursive: true })
    const jobs = pictures
      .flatMap(({ name, encodings }) => encodings.map((encoding) => ({ name, encoding })))
      .map(({ name, encoding }, at) => ({
        source: path.join(project.folder, 'public', name),
        target: path.join(target, String(at)),
        encoding,
      }))
      .sort((a, b) => statSync(b.source).size - statSync(a.source).size)
    const loop = await answerOf<number>('build/picturesLoop.ts', jobs)
    ratios.push(ours / loop)
    say(
      `cold ${run} of ${RUNS}: ${(ours / 1000).toFixed(1)} s for ${encodes} encodes, a bare loop of ${jobs.length} ${(loop / 1000).toFixed(1)} s`,
    )
  }
  return summarise({
    name: 'cold-encode',
    unit: 'ratio',
    versus: 'a bare sharp loop on all cores with the settings found',
    values: ratios,
  })
}

async function* largeBuild(say: (line: string) => void): AsyncGenerator<Figure> {
  say('300 pictures of 2 megapixels')
  await using project = await createProject(largeGallery())
  const { peakMiB } = await project.build(firstframe({ avifSeconds: 20 }))
  const { encodes } = await project.report()
  say(`peak ${peakMiB.toFixed(0)} MiB over ${encodes} encodes`)
  yield summarise({
    name: 'build-memory',
    unit: 'MiB',
    versus: 'vite build and all it starts, 300 pictures of 2 megapixels',
    values: [peakMiB],
  })

  // AVIF that is still to come would be made now.
  const settled = firstframe({ avifSeconds: 0 })
  const seconds: number[] = []
  for (let run = 1; run <= RUNS; run++) {
    await project.build(settled)
    const { spans, encodes } = await project.report()
    if (encodes > 0) throw new Error(`warm-build: expected no encodes where nothing changed, there were ${encodes}`)
    seconds.push((spans.find(({ what }) => what === 'pictures')?.ms ?? Number.NaN) / 1000)
    say(`warm ${run} of ${RUNS}: ${seconds.at(-1)?.toFixed(3)} s`)
  }
  yield summarise({
    name: 'warm-build',
    unit: 's',
    versus: "pictures' share of a build where nothing changed, 300 pictures, 0 encodes",
    values: seconds,
  })

  const changed = 'art/7.jpg'
  await project.put(changed, await scene('scenes/hero', 1600)())
  await project.build(settled)
  const { pictures } = await project.report()
  const others = pictures.filter(({ name }) => name !== changed).reduce((sum, { encodes }) => sum + encodes, 0)
  const own = pictures.find(({ name }) => name === changed)?.encodes ?? 0
  if (own === 0) throw new Error('one-changed: the changed picture was not encoded')
  yield summarise({
    name: 'one-changed',
    unit: 'ratio',
    versus: `encodes of the 299 others, against the ${own} of the changed one`,
    values: [others / own],
  })
}
