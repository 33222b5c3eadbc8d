import { unescape } from './escapes.ts'
import { HOLE, type Part, readScript } from './script.ts'

/** What a text says that may have to do with files. */
export interface Spoken {
  /** Strings, property names, cells of tables: what ids are made of, and whole paths. */
  words: Set<string>
  /** Texts that are put together at run time. */
  patterns: Part[][]
  /** Everything in which a file's name may stand, with {@link GAP} where something unknown stands before or after. */
  names: string
}

/** Stands for a hole in {@link Spoken.names}: no file's name has it. */
export const GAP = '\uffff'

/** Longer strings are prose, shaders or data, not ids. */
const LONGEST_WORD = 200
/** `hero.{webp,png}` of Pixi, `tiles/{z}.png`, `frame%03d.png`, `img/*.png`. */
const WILD = /\{[^{}]*\}|\*+|%\d*[sd]/
/** `_px.jpg`, a side of a cube: what a name ends in. */
const TAIL = /^[-_@.][^\s/]*\.[a-z\d]{2,5}$/i
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/g
const QUOTED_EITHER = /"([^"\n]*)"|'([^'\n]*)'/g
const SCRIPTS = /<script\b[^>]*>([^]*?)<\/script\s*>/gi
const ENTITIES: Record<string, string> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>', '#38': '&', '#39': "'" }

type Reader = (text: string, spoken: Spoken) => void

const READERS: [RegExp, Reader][] = [
  [/\.[mc]?js$/i, readJs],
  [/\.(?:json\d?|tm?j|tsj|ldtk|gltf|webmanifest|babylon|scene)$/i, readJson],
  [/\.html?$/i, readHtml],
  [/\.css$/i, readCss],
  [/\.map$/i, () => {}],
  [/\.(?:xml|svg|tmx|tsx|plist|dae)$/i, readXml],
]

/** Reads a text in the way that its name's ending asks for; any other as lines and cells. */
export function listenTo(name: string, text: string): Spoken {
  const spoken: Spoken = { words: new Set(), patterns: [], names: '' }
  const [, read] = READERS.find(([ending]) => ending.test(name)) ?? [undefined, readCells]
  read(text, spoken)
  for (const word of spoken.words) {
    if (WILD.test(word) && /[./]/.test(word)) readWild(word, spoken)
    if (TAIL.test(word)) spoken.patterns.push([HOLE, word])
  }
  return spoken
}

function readJs(code: string, spoken: Spoken): void {
  const names: string[] = []
  const isRead = readScript(code, {
    text(text) {
      if (text.length > LONGEST_WORD) readLong(text, spoken)
      else {
        spoken.words.add(text)
        names.push(text)
      }
    },
    key: (name) => void spoken.words.add(name),
    pattern(parts) {
      names.push(parts.map((part) => part ?? GAP).join(''))
      spoken.patterns.push(parts)
    },
  })
  if (isRead) spoken.names += `${names.join('\n')}\n`
  else readCells(code, spoken)
}

/** A long string of a script: a whole table that was bundled as text, or prose, markup, a shader. */
function readLong(text: string, spoken: Spoken): void {
  if (/^\s*[[{]/.test(text)) readJson(text, spoken)
  else if (!/[{};]/.test(text)) readCells(text, spoken)
  else spoken.names += `${text}\n`
}

function readJson(text: string, spoken: Spoken): void {
  if (/"frames"\s*:/.test(text)) {
    const tree = parse(text)
    if (tree !== undefined) {
      walk(tree, (word) => {
        addWord(word, spoken)
        spoken.names += `${word}\n`
      })
      return
    }
  }
  for (const [, raw = ''] of text.matchAll(QUOTED)) if (raw.length <= LONGEST_WORD) spoken.words.add(plain(raw))
  spoken.names += `${plain(text)}\n`
}

/** Names of files and fields of an atlas; not those of its frames, which are named after the pictures they were packed from. */
function walk(node: unknown, tell: (word: string) => void): void {
  if (typeof node === 'string') tell(node)
  else if (Array.isArray(node)) for (const item of node) walk(item, tell)
  else if (typeof node === 'object' && node !== null)
    for (const [key, value] of Object.entries(node)) {
      tell(key)
      if (!(key === 'frames' && isAtlas(value))) walk(value, tell)
    }
}

/** As against a list of files: its frames lie somewhere in a picture. */
function isAtlas(frames: unknown): boolean {
  const [first] = Object.values(frames ?? {}) as unknown[]
  return typeof first === 'object' && first !== null && ('frame' in first || 'x' in first)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const plain = (raw: string): string =>
  raw.includes('\\') ? raw.replaceAll(/\\\/|\\u[\da-f]{4}/gi, (escape) => unescape(escape)) : raw

function readHtml(text: string, spoken: Spoken): void {
  const markup = text.replaceAll(SCRIPTS, (whole, code: string) => {
    readJs(code, spoken)
    return whole.slice(0, whole.length - code.length - '</script>'.length)
  })
  readXml(markup, spoken)
}

function readXml(text: string, spoken: Spoken): void {
  const decoded = text.includes('&')
    ? text.replaceAll(/&(#?\w+);/g, (whole, entity: string) => ENTITIES[entity.toLowerCase()] ?? whole)
    : text
  for (const [, double, single] of decoded.matchAll(QUOTED_EITHER)) addWord(double ?? single ?? '', spoken)
  for (const [, inner = ''] of decoded.matchAll(/>([^<>]+)</g)) readWords(inner, spoken)
  spoken.names += `${decoded}\n`
}

function readCss(text: string, spoken: Spoken): void {
  spoken.names += `${text}\n`
}

/** Tables, lists, atlas descriptions, dialogues: what stands between separators, and each word of it. */
function readCells(text: string, spoken: Spoken): void {
  readWords(text, spoken)
  spoken.names += `${text}\n`
}

function readWords(text: string, spoken: Spoken): void {
  for (const cell of text.split(/[\n\r\t"`,;:=<>|()[\]{}]+/)) {
    const trimmed = cell.trim()
    if (trimmed === '' || trimmed.length > LONGEST_WORD) continue
    addWord(trimmed, spoken)
    // The last word of `hero 1.png` is no name.
    if (/\s/.test(trimmed)) for (const word of trimmed.split(/\s+/)) if (!/\.\w+$/.test(word)) addWord(word, spoken)
  }
}

function addWord(word: string, spoken: Spoken): void {
  if (word !== '' && word.length <= LONGEST_WORD) spoken.words.add(word)
}

/** Alternatives are written out; what may be anything is a hole. */
function readWild(word: string, spoken: Spoken): void {
  let variants: Part[][] = [[]]
  let rest = word
  for (let found = WILD.exec(rest); found; found = WILD.exec(rest)) {
    const [wild] = found
    const choices: Part[] = wild.includes(',') ? wild.slice(1, -1).split(',') : [HOLE]
    const before = rest.slice(0, found.index)
    if (variants.length * choices.length > 64) return
    variants = variants.flatMap((parts) => choices.map((choice) => parts.concat(before, choice)))
    rest = rest.slice(found.index + wild.length)
  }
  for (const parts of variants) {
    spoken.names += `${parts.map((part) => part ?? GAP).join('')}${rest}\n`
    if (parts.includes(HOLE)) spoken.patterns.push([...parts, rest].filter((part) => part !== ''))
  }
}
