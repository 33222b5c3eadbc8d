import type { Part } from './script.ts'

/**
 * The words that a game's texts hold. Whoever asks for a file puts its path together from words: a path of which a part stands in no
 * text cannot be asked for, save by data from elsewhere.
 */
export interface Words {
  add(word: string): void
  /** The folders and pieces of names beside its holes. */
  addPattern(parts: Part[]): void
  /** True where it is a word, or stands in one between slashes, with or without an ending. */
  has(word: string): boolean
  /** True where it may be made of words, numbers and single letters: `goblin_king01`, `heroLeft`. */
  isMade(name: string): boolean
  /** True where each folder is a word, or has several parts that are: `world3`. */
  isKnown(folders: readonly string[]): boolean
}

/** `heroLeft2` is hero, Left, 2; what is no Latin letter keeps together. */
const TOKENS = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\0-\u007f]+/g
const ENDING = /\.[a-z\d]{1,5}$/i
/** Longer words hold no path. */
const LONGEST = 200

export function collectWords(): Words {
  const all = new Set<string>()
  const tokens = new Set<string>()
  const folders = new Map<string, boolean>()

  function addTokens(text: string): void {
    for (const [token] of text.matchAll(TOKENS)) tokens.add(token.toLowerCase())
    for (const [run] of text.matchAll(/[a-z]+/gi)) tokens.add(run.toLowerCase())
  }

  function addPart(part: string): void {
    if (part === '' || all.has(part)) return
    all.add(part)
    const stem = part.replace(ENDING, '')
    if (stem !== part) all.add(stem)
  }

  const isMade = (name: string): boolean => {
    if (all.has(name)) return true
    const made = name.match(TOKENS) ?? []
    return made.every((token) => /^\d|^.$/.test(token) || tokens.has(token.toLowerCase()))
  }

  return {
    add(word) {
      if (all.has(word) || word.length > LONGEST) return
      folders.clear()
      addPart(word)
      addTokens(word)
      if (/[\\/]/.test(word)) for (const part of word.split(/[\\/]+/)) addPart(part)
    },
    addPattern(parts) {
      folders.clear()
      for (const part of parts) {
        if (part === null || part.length > LONGEST) continue
        addTokens(part)
        for (const piece of part.split(/[\\/]+/)) addPart(piece)
      }
    },
    has: (word) => all.has(word),
    isMade,
    isKnown(path) {
      return path.every((folder) => {
        let isKnown = folders.get(folder)
        if (isKnown === undefined) {
          const parts = folder.match(TOKENS)?.length ?? 0
          isKnown = all.has(folder) || (parts > 1 && isMade(folder))
          folders.set(folder, isKnown)
        }
        return isKnown
      })
    },
  }
}
