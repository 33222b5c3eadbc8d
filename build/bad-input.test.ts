import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { build, createLogger } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../server/wire/manifest.ts'
import { firstframe, type Options } from './index.ts'

const run = promisify(execFile)

let project: string
/** What the last build warned of. */
let warned: string[]

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-bad-'))
  await put('package.json', '{"type":"module"}')
  await put('index.html', '<!doctype html><title>g</title><script type="module" src="/main.js"></script>')
  // A picture of a folder that play reaches by any name.
  await put('main.js', 'export const show = (name) => { new Image().src = `art/${name}` }; show(location.hash)')
  await put('public/art/good.png', await noise(120, 80))
})
afterEach(() => rm(project, { recursive: true, force: true }))

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
const noise = (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 120, sigma: 40 } },
  })
    .png()
    .toBuffer()

const make = async (options: Options = {}): Promise<Manifest> => {
  warned = []
  const customLogger = createLogger('silent')
  customLogger.warn = customLogger.warnOnce = (words) => void warned.push(words)
  await build({ root: project, configFile: false, customLogger, plugins: firstframe(options) })
  return JSON.parse(await readFile(path.join(project, 'dist/manifest.json'), 'utf8')) as Manifest
}

/** Every file of a folder with its content's hash. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const hashes = files.toSorted().map(async (file): Promise<[string, string]> => {
    const hash = createHash('sha256').update(await readFile(file))
    return [path.relative(folder, file), hash.digest('hex')]
  })
  return Object.fromEntries(await Promise.all(hashes))
}

/** Builds a good game, spoils it, and builds again, which must leave the first build as it was. @returns why it failed. */
async function refusal(spoil: () => Promise<void>, options: Options = {}): Promise<string> {
  await make()
  const before = await contents(path.join(project, 'dist'))
  await spoil()
  const words = await make(options).then(
    () => 'it was built',
    (error: Error) => error.message,
  )
  expect(await contents(path.join(project, 'dist'))).toEqual(before)
  expect((await readdir(project)).filter((name) => name.startsWith('.dist'))).toEqual([])
  return words
}

/** A PNG of its parts: the size it says it has, and what its pixels are unpacked from. */
function png({ width, height, depth = 8, type = 0, more = [] }: PngParts, packed: Buffer): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = depth
  head[9] = type
  const chunks = [chunk('IHDR', head), ...more.map(([name, data]) => chunk(name, data)), chunk('IDAT', packed)]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks, chunk('IEND', Buffer.alloc(0))])
}

interface PngParts {
  width: number
  height: number
  depth?: number
  type?: number
  more?: [name: string, data: Buffer][]
}

const nothing = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes))

test('a truncated picture is named', async () => {
  const whole = await noise(300, 200)
  expect(await refusal(() => put('public/art/half.png', whole.subarray(0, whole.length / 2)))).toMatch(
    /public\/art\/half\.png: [\s\S]*Export again/,
  )
})

test('a file that is called a picture and is none is named', async () => {
  expect(await refusal(() => put('public/art/lie.png', '<html>404</html>'))).toMatch(
    /public\/art\/lie\.png: [\s\S]*Export again/,
  )
})

test('an empty file that is called a picture is named', async () => {
  expect(await refusal(() => put('public/art/empty.webp', ''))).toMatch(/public\/art\/empty\.webp: [\s\S]*Export again/)
})

test('a picture of another kind than its name says is taken for what it is', async () => {
  await put(
    'public/art/photo.png',
    await sharp(await noise(300, 200))
      .jpeg({ quality: 97 })
      .toBuffer(),
  )
  const { answers } = await make()
  expect(answers['art/photo.png']?.instead.length).toBeGreaterThan(0)
  const under = await readFile(path.join(project, 'dist/art/photo.png'))
  expect((await sharp(under).metadata()).format).toBe('jpeg')
})

test('a picture of 20,000 pixels a side is refused before it is decoded, with its size', async () => {
  const rows = nothing(20_000 * (20_000 / 8 + 1))
  expect(
    await refusal(() => put('public/art/world.png', png({ width: 20_000, height: 20_000, depth: 1 }, rows))),
  ).toMatch(/public\/art\/world\.png: .*20,?000 x 20,?000[\s\S]*(?:smaller|exclude)/)
})

test('a strip of 20,000 pixels, which WebP cannot hold, keeps its size', async () => {
  const strip = await noise(20_000, 8)
  await put('public/art/strip.png', strip)
  const { answers } = await make()
  const answer = answers['art/strip.png']
  for (const file of ['art/strip.png', ...(answer?.instead.map((each) => each.file) ?? [])]) {
    const { width, height } = await sharp(path.join(project, 'dist', file)).metadata()
    expect([width, height]).toEqual([20_000, 8])
  }
})

test('a small file that unpacks into gigabytes is refused by the size it claims', async () => {
  expect(
    await refusal(() => put('public/art/bomb.png', png({ width: 60_000, height: 60_000, type: 6 }, nothing(1 << 20)))),
  ).toMatch(/public\/art\/bomb\.png: [\s\S]*(?:smaller|exclude)/)
})

test('a small picture with a hundred megabytes behind its pixels, or in its colour profile, does the build no harm', async () => {
  const pixels = Buffer.concat([Buffer.alloc(8 * 9), Buffer.alloc(100 << 20)])
  const profile = Buffer.concat([Buffer.from('bomb\0\0', 'latin1'), nothing(100 << 20)])
  await put('public/art/behind.png', png({ width: 8, height: 8 }, deflateSync(pixels)))
  await put('public/art/profile.png', png({ width: 8, height: 8, more: [['iCCP', profile]] }, nothing(8 * 9)))
  // Whether it is shown or refused by name is the decoder's affair.
  const outcome = await make().then(
    () => 'built',
    (error: unknown) => String(error),
  )
  expect(outcome).toMatch(/^built$|art\/(?:behind|profile)\.png: /)
})

test('an SVG with a script is left as it is, and warned of', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>'
  await put('public/art/badge.svg', svg)
  await make()
  expect(await readFile(path.join(project, 'dist/art/badge.svg'), 'utf8')).toBe(svg)
  expect(warned.join('\n')).toMatch(/art\/badge\.svg.*script/)
})

test('two files that differ in case alone are both named', async () => {
  expect(await refusal(async () => put('public/art/Good.png', await noise(90, 60)))).toMatch(
    /both art\/(?:good\.png and art\/Good|Good\.png and art\/good)\.png[\s\S]*[Rr]ename/,
  )
})

test('names with spaces, percent signs, other letters and quotes are made smaller like any other', async () => {
  const names = [
    'hero 1.png',
    '100%.png',
    '%20.png',
    'größe.png',
    '英雄.png',
    "o'clock.png",
    'a#b?c.png',
    'a&b.png',
    '🐉.png',
  ]
  for (const name of names) await put(`public/art/${name}`, await noise(100, 70))
  const show = '(name) => { new Image().src = `art/${encodeURIComponent(name)}` }'
  await put('main.js', `${JSON.stringify(names)}.forEach(${show})`)
  const { answers } = await make()
  for (const name of names) {
    const answer = answers[`art/${name}`]
    expect.soft(answer?.instead ?? [], name).not.toEqual([])
    for (const { file, bytes } of answer?.instead ?? [])
      expect.soft((await readFile(path.join(project, 'dist', file))).length, file).toBe(bytes)
  }
})

test('a cache that cannot be is named with the way out', async () => {
  const spoil = async (): Promise<void> => {
    await put('blocked', 'a file where the folder should be')
    await put('public/art/more.png', await noise(99, 66))
  }
  expect(await refusal(spoil, { cache: 'blocked' })).toMatch(/cache .*blocked.*firstframe\(\{ cache \}\)/)
})

/** Builds the folder named first with the cache named second, and says `built` or why not: for a process of its own, as another account or on another disk. */
const BUILD = `
import { build } from ${JSON.stringify(import.meta.resolve('vite'))}
import { firstframe } from ${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))}
const [root, cache] = process.argv.slice(1)
await build({ root, configFile: false, logLevel: 'silent', plugins: firstframe({ cache }) }).then(
  () => console.log('built'),
  (error) => console.log(error.message),
)`

test('a cache that may only be read is named with the way out', async () => {
  await make()
  const before = await contents(path.join(project, 'dist'))
  await put('public/art/more.png', await noise(99, 66))
  const cache = path.join(project, 'kept')
  await mkdir(cache)
  await chmod(cache, 0o555)
  const build = [process.execPath, '--input-type=module', '--eval', BUILD, project, cache]
  // Root may write everywhere, unless it gives that up.
  const plain = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override'] : []
  const [command = '', ...words] = [...plain, ...build]
  const { stdout } = await run(command, words, { cwd: '/' })
  expect(stdout).toMatch(/cache .*kept.*(?:permission|firstframe\(\{ cache \}\))/)
  expect(await contents(path.join(project, 'dist'))).toEqual(before)
  expect((await readdir(project)).filter((name) => name.startsWith('.dist'))).toEqual([])
})

/** What gives a command mounts of its own, which end with it; undefined where this machine allows none. */
function ownMounts(): string[] | undefined {
  const tmpfs = ['mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]
  for (const how of [['--mount'], ['--mount', '--map-root-user']])
    try {
      execFileSync('unshare', [...how, ...tmpfs], { stdio: 'ignore' })
      return how
    } catch {
      // The next way.
    }
  if (process.env['CI'] === 'true') throw new Error('a full disk cannot be tried: expected unshare to mount a tmpfs')
  console.warn('a full disk is left out: unshare mounts no tmpfs here')
  return undefined
}

/** Builds a good game, then one with a large picture, for which a small disk has only the room that LEAVE says, in KiB. */
const FULL_DISK = `
set -e
mkdir disk
mount -t tmpfs -o size=16m tmpfs disk
mkdir -p "$ROOT"
cp -r package.json index.html main.js public "$ROOT"
list() { find "$ROOT/dist" -type f -exec sha256sum {} + | sort; }
build() { "$NODE" --input-type=module --eval "$BUILD" "$PWD/$ROOT" "$PWD/$CACHE"; }
build > first.txt
list > before.txt
cp large.png "$ROOT/public/art/"
room=$(df --output=avail -k disk | tail -1)
head -c $(((room - LEAVE) * 1024)) /dev/zero > disk/filler
build > second.txt
list > after.txt
ls -A "$ROOT" > beside.txt
`
const mounts = ownMounts()

test.skipIf(mounts === undefined).for([
  // Vite copies the public folder itself: its words name the file.
  ['the copy of the public folder', { ROOT: 'disk/game', CACHE: 'kept' }, 0.5, /no space left on device.*large\.png/],
  ['what is added to it', { ROOT: 'disk/game', CACHE: 'kept' }, 1.1, /disk[\s\S]*no space[\s\S]*make room/],
  ['the cache', { ROOT: 'game', CACHE: 'disk/cache' }, 0.1, /disk[\s\S]*no space[\s\S]*make room/],
] as const)('a disk that gets full in mid-build, under %s, is told with the file and the way out', async (each) => {
  const [, place, part, words] = each
  const large = await noise(800, 600)
  await put('large.png', large)
  const LEAVE = String(Math.round((large.length / 1024) * part))
  await run('unshare', [...(mounts ?? []), 'sh', '-c', FULL_DISK], {
    cwd: project,
    env: { ...process.env, ...place, LEAVE, NODE: process.execPath, BUILD },
  })
  const said = async (file: string): Promise<string> => (await readFile(path.join(project, file), 'utf8')).trim()
  expect(await said('first.txt')).toBe('built')
  expect(await said('second.txt')).toMatch(words)
  expect(await said('after.txt')).toBe(await said('before.txt'))
  expect((await said('beside.txt')).split('\n').filter((name) => name.startsWith('.dist'))).toEqual([])
})
