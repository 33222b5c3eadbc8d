import path from 'node:path'
import { indexFiles, type FileIndex, type PublicFile } from './files.ts'
import { findMentions, resolveMention, type Mention } from './names.ts'
import { matchPattern, sortPatterns } from './patterns.ts'
import type { Part } from './script.ts'
import { listenTo, type Spoken } from './spoken.ts'
import { collectWords, type Words } from './words.ts'

/** How surely play can ask for a file: its path or name stands in a text; a pattern makes it; only its stem is a word. */
export type Reach = 'named' | 'pattern' | 'word'

export interface Text {
  /** Where it stands, by the ending of which it is read: `assets/index-1a2b3c4d.js`, or a public file's path. */
  name: string
  text: string
}

export interface Question {
  /** Paths relative to the public folder, with `/`. */
  files: string[]
  /**
   * What the build made (scripts, styles, pages), and the text files of the public folder under their paths. Of the latter, those
   * that are in `files` count when play can ask for them itself.
   */
  texts: Iterable<Text>
  /** Vite's. */
  base: string
}

/** What browsers ask for without being told. */
const UNASKED = /^(?:favicon\.ico|apple-touch-icon(?:-precomposed)?\.png)$/

/**
 * Which of the files play can ask for, as far as the texts tell; those it cannot are missing in the answer. Rather one too many: a name
 * anywhere in the game's texts is enough, and a pattern reaches all that its holes may be filled with.
 */
export function findReached({ files, texts, base }: Question): Map<string, Reach> {
  const index = indexFiles(files)
  const search = startSearch(index, base)
  const waiting = new Map<string, Text>()
  for (const text of texts)
    if (index.byPath.has(text.name)) waiting.set(text.name, text)
    else search.hear(text)
  for (const { path } of index.all) if (UNASKED.test(path)) search.reached.set(path, 'named')

  // A level names its tileset, the tileset its picture: on until no text is reached any more.
  follow(false)
  const sure = new Map(search.reached)
  // Texts that nothing names may be asked for in a way not seen. They reach less surely, and not at all from a folder unheard of.
  if (hearAll((name) => search.words.isKnown(name.split('/').slice(0, -1)))) follow(false)
  const unsure = new Set(search.reached.keys())
  follow(true)
  return new Map(
    files.flatMap((file): [string, Reach][] => {
      const reach = sure.get(file) ?? (unsure.has(file) ? 'word' : search.reached.get(file))
      return reach ? [[file, reach]] : []
    }),
  )

  function follow(isLast: boolean): void {
    do search.resolve(isLast)
    while (hearAll((name) => search.reached.has(name)))
  }

  /** False where there is none of these. */
  function hearAll(isChosen: (name: string) => boolean): boolean {
    const chosen = [...waiting.values()].filter(({ name }) => isChosen(name))
    for (const text of chosen) {
      waiting.delete(text.name)
      search.hear(text, path.posix.dirname(text.name))
    }
    return chosen.length > 0
  }
}

interface Search {
  words: Words
  reached: Map<string, Reach>
  /** @param from folder of a public text. */
  hear(text: Text, from?: string): void
  /** Finds what all that was heard reaches; where it is the last that will be heard, by guesses, too. */
  resolve(isLast: boolean): void
}

function startSearch(index: FileIndex, base: string): Search {
  const words = collectWords()
  const reached = new Map<string, Reach>()
  const mentions = new Map<string, Mention>()
  const patterns: Part[][] = []
  const home = base
    .replace(/^(?:[a-z]+:)?\/\/[^/]*/i, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')

  function reach({ path }: PublicFile, how: Reach): void {
    const known = reached.get(path)
    if (known === undefined || ORDER.indexOf(how) < ORDER.indexOf(known)) reached.set(path, how)
  }

  return {
    words,
    reached,
    hear({ name, text }, from) {
      const spoken: Spoken = listenTo(name, text)
      for (const word of spoken.words) words.add(word)
      for (const pattern of spoken.patterns) {
        words.addPattern(pattern)
        patterns.push(pattern)
      }
      findMentions(mentions, spoken.names, index, from)
    },
    resolve(isLast) {
      const context = { words, base: home, isLast }
      for (const mention of mentions.values())
        for (const { file, isSure } of resolveMention(mention, index, context)) reach(file, isSure ? 'named' : 'word')
      const { own, bare } = sortPatterns(patterns, index)
      for (const pattern of own) for (const file of matchPattern(pattern, index, context)) reach(file, 'pattern')
      for (const file of index.all) if (isWord(file, bare, words) && !hasTwin(file)) reach(file, 'word')
    },
  }

  /** `flag.png` beside the `flag.webp` that is asked for is what that was made from. */
  function hasTwin({ path, ending }: PublicFile): boolean {
    if (!PICTURES.includes(ending)) return false
    const stem = path.slice(0, -ending.length)
    return PICTURES.some((other) => {
      const how = other === ending ? undefined : reached.get(stem + other)
      return how === 'named' || how === 'pattern'
    })
  }
}

const PICTURES = ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif']

const ORDER: Reach[] = ['named', 'pattern', 'word']

/** Whether a stem that is a word gets its ending somewhere: from `name + '.png'`, or a `'png'` that stands by itself. */
function isWord({ stem, folders, ending }: PublicFile, bare: Set<string>, words: Words): boolean {
  if (!words.has(stem) || !words.isKnown(folders)) return false
  return bare.has(ending) || words.has(`.${ending}`) || (bare.has('') && words.has(ending))
}
