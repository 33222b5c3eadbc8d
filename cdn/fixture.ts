import { mkdir, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders } from 'node:http'
import path from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Instead, Manifest } from '../server/wire/manifest.ts'

/** A manifest of what a test speaks of; for tests. */
export const manifestOf = (parts: Partial<Manifest>): Manifest => ({
  format: 2,
  release: '1a2b3c4d',
  entries: {},
  images: {},
  files: {},
  answers: {},
  documents: {},
  ...parts,
})

/** A public file's entry whose bytes no build has seen: its validator is made of what lies there. */
export const answer = (...instead: Instead[]): Manifest['answers'][string] => ({ hash: '00000000', bytes: -1, instead })

export async function writeFiles(dir: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
    await writeFile(path.join(dir, name), content)
  }
}

export interface Answered {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** `Link` values of Early Hints that came before. */
  hints: unknown[]
}

export interface Question {
  headers?: Record<string, string>
  method?: string
}

/** Asks a server of this machine by the raw path, so that nothing tidies up `..` on the way. */
export const askAt = (port: number, at: string, { headers = {}, method = 'GET' }: Question = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const hints: unknown[] = []
    request({ port, host: '127.0.0.1', path: at, headers, method }, (res) => {
      const parts: Buffer[] = []
      res.on('data', (part: Buffer) => parts.push(part))
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(parts), hints }),
      )
    })
      .on('information', (info) => hints.push(info.headers['link']))
      .on('error', reject)
      .end()
  })

const SCRIPT = Array.from(
  { length: 300 },
  (_, index) => `export const tile${index} = ${(index * 7919) % 10_007}\n`,
).join('')
const PAGE = `<!doctype html><script type="module" src="/assets/main-0123abcd.js"></script>${'<p>word'.repeat(100)}`
const SOUND = Buffer.alloc(2000, 'wave')

const AVIF = { file: 'assets/hero-11111111.avif', bytes: 4, type: 'image/avif' }
const WEBP = { file: 'assets/hero-22222222.webp', bytes: 5, type: 'image/webp' }
const OGG = { file: 'assets/rain-33333333.ogg', bytes: 3, type: 'audio/ogg' }
const MP3 = { file: 'assets/rain-44444444.mp3', bytes: 4, type: 'audio/mpeg' }
const DOLLAR = { file: 'assets/gold $1-55555555.webp', bytes: 6, type: 'image/webp' }

/** Names that games have, and worse ones. */
export const ODD_NAMES = [
  'art/hero 1.png',
  'art/100%.png',
  'art/100%25.png',
  'art/英雄.png',
  'art/naïve ängström.png',
  'art/a+b.png',
  'art/a&b=c.png',
  'art/what?.png',
  'art/no#1.png',
  `art/"it's".png`,
  'art/back\\slash\\n.png',
  'art/{x};$uri ${y}.png',
  'art/~tilde (1) [2].png',
]

/** The files of a built game with everything that a server could get wrong; for tests of what serves it. */
export const GAME: Record<string, string | Buffer> = {
  'manifest.json': JSON.stringify(
    manifestOf({
      entries: { 'main.ts': { kind: 'script', file: 'assets/main-0123abcd.js', bytes: SCRIPT.length } },
      answers: {
        ...Object.fromEntries(ODD_NAMES.map((name) => [name, answer(AVIF, WEBP)])),
        'art/hero.png': answer(AVIF, WEBP),
        'art/Hero.png': answer(WEBP),
        'art/gold.png': answer(DOLLAR),
        'art/best.png': answer(),
        'art/gone.png': answer(AVIF),
        'snd/rain.wav': answer(OGG, MP3),
        'snd/wind.wav': answer(),
      },
      documents: {
        'index.html': {
          preloads: [
            { file: 'assets/main-0123abcd.js', as: 'script' },
            { file: AVIF.file, as: 'image', type: 'image/avif' },
          ],
          blocking: [],
        },
        'deep/index.html': { preloads: [], blocking: [] },
      },
    }),
  ),
  'assets/main-0123abcd.js': SCRIPT,
  'assets/main-0123abcd.js.br': brotliCompressSync(SCRIPT),
  'assets/main-0123abcd.js.zst': zstdCompressSync(SCRIPT),
  'assets/main-0123abcd.js.gz': gzipSync(SCRIPT),
  'assets/photo-20241231.png': 'not ours',
  'index.html': PAGE,
  'index.html.br': brotliCompressSync(PAGE),
  'deep/index.html': PAGE,
  'deep/index.html.br': brotliCompressSync(PAGE),
  'worker.js': 'self',
  'worker.js.br': 'br',
  [AVIF.file]: 'avif',
  [WEBP.file]: 'webp!',
  [OGG.file]: 'ogg',
  [MP3.file]: 'mp3!',
  [DOLLAR.file]: 'webp $',
  ...Object.fromEntries(ODD_NAMES.map((name) => [name, `png of ${name}`])),
  'art/hero.png': 'png of hero',
  'art/Hero.png': 'png of Hero',
  'art/gold.png': 'png of gold',
  'art/best.png': 'png at its best',
  'snd/rain.wav': SOUND,
  'snd/rain.wav.br': brotliCompressSync(SOUND),
  'snd/rain.wav.gz': gzipSync(SOUND),
  'snd/wind.wav': SOUND,
  'snd/wind.wav.gz': gzipSync(SOUND),
  'level.json.gz': 'the game unpacks it itself',
  'digits.txt': '0123456789',
  '.stamp': 'secret',
  '.well-known/security.txt': 'Contact: us',
  _headers: '/*',
}
