import { unescape } from './escapes.ts'

/** A text put together at run time: what is fixed of it, and {@link HOLE} for what is not. */
export type Part = string | typeof HOLE
export const HOLE = null

export interface Listener {
  /** A string that stands by itself. */
  text(text: string): void
  /** Two parts or more, one of them a text and one a hole at least; never two texts or two holes in a row. */
  pattern(parts: Part[]): void
  /** A name before a colon: of a property, for the most part. */
  key(name: string): void
}

/** What stands inside one pair of brackets. */
interface Frame {
  /** The character that ends it; `}` of a `${` goes on with its template. */
  closer: string
  /** The operands of the sum that is being read, if any. */
  sum: Part[]
  /** True after a `+`: the next operand belongs to the sum. */
  isOpen: boolean
  /** The template around it, as far as it has been read. */
  template: Part[] | undefined
  /** Of the brackets of `.concat(`, whose commas add: what has been added so far. */
  added: Part[] | undefined
  /** True where an operand of `.concat(` turns out to be more than a sum: a choice, say. */
  isMixed: boolean
  /** Whether a slash after the closing bracket divides: not after `if (…)`, nor after a block. */
  divides: boolean
}

/** After these an operand begins, so that a slash begins a regular expression. */
const OPERATORS = new Set(
  'return typeof case in of delete void throw new else do instanceof await yield extends default'.split(' '),
)
const HEADS = new Set(['if', 'while', 'for', 'with'])
const NUMBER = /[\w.]+/y
const TEMPLATE = /[^`\\$]*/y
const REGEX = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y

/** What a character of ASCII begins, all others being letters. Looked up, for a script is some millions of them. */
const [SIGN, SPACE, LETTER, DIGIT] = [0, 1, 2, 3]
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  return /\s/.test(char) ? SPACE : /\d/.test(char) ? DIGIT : /[\w$#\\]/.test(char) ? LETTER : SIGN
})

/**
 * Reads the strings of a script, and the sums and templates that make strings, without building its tree: that takes 0.9 s for Phaser
 * alone, most of it to hand the tree over, where this takes 0.05 s.
 * @returns false where it has lost its way: the code is no JavaScript.
 */
export function readScript(code: string, listener: Listener): boolean {
  const frames: Frame[] = []
  let frame = openFrame('')
  let at = code.startsWith('#!') ? code.indexOf('\n') : 0
  /** The last thing, a sign or a name, and the one before it; a number, a text or a regular expression is `0`. */
  let last = ''
  let before = ''
  /** Whether a slash now would divide. */
  let divides = false

  while (at < code.length) {
    const kind = kindAt(at)
    if (kind === SPACE) at++
    else if (kind === LETTER) readName()
    else if (kind === DIGIT) readNumber()
    else if (!readSign(code[at] as string)) return false
  }
  end()
  return frames.length === 0

  function kindAt(place: number): number | undefined {
    const char = code.charCodeAt(place)
    return char < 128 ? KINDS[char] : LETTER
  }

  function saw(what: string, isOperand: boolean): void {
    before = last
    last = what
    divides = isOperand
  }

  function readName(): void {
    const from = at++
    while (at < code.length && (kindAt(at) === LETTER || kindAt(at) === DIGIT)) at++
    const name = code.slice(from, at)
    const isProperty = last === '.'
    if (!isProperty && OPERATORS.has(name)) {
      end()
      saw(name, false)
      return
    }
    // What `.concat(` adds to stays as it is.
    if (!(isProperty && name === 'concat')) addHole()
    saw(name, true)
  }

  function readNumber(): void {
    NUMBER.lastIndex = at
    NUMBER.test(code)
    at = NUMBER.lastIndex
    addHole()
    saw('0', true)
  }

  function readSign(char: string): boolean {
    switch (char) {
      case '"':
      case "'":
        return readQuoted(char)
      case '`':
        at++
        return readTemplate([])
      case '/':
        return readSlash()
      case '(':
      case '[':
      case '{':
        return open(char)
      case ')':
      case ']':
      case '}':
        return close(char)
      case '.':
        if (kindAt(at + 1) === DIGIT) readNumber()
        else readPlain(char)
        return true
      case '+':
      case '-':
        readPlus(char)
        return true
      default:
        readPlain(char)
        return true
    }
  }

  function readPlus(char: string): void {
    at++
    if (code[at] === char) {
      at++
      saw(char, divides)
      return
    }
    if (char === '+' && divides) {
      frame.isOpen = true
      if (code[at] === '=') at++
    }
    saw(char, false)
  }

  function readPlain(char: string): void {
    at++
    if (char === '?' && code[at] === '.' && kindAt(at + 1) !== DIGIT) {
      at++
      saw('.', false)
      return
    }
    if (char === ':' && frame.closer === '}' && (before === '{' || before === ',') && isName(last)) listener.key(last)
    if (char === ',' && frame.added) add()
    // What binds more closely than a sum is part of its operand.
    else if (char !== '.' && char !== '*' && char !== '%') end()
    saw(char, false)
  }

  function readQuoted(quote: string): boolean {
    const from = at + 1
    let until = code.indexOf(quote, from)
    while (until > 0 && isEscaped(code, until, from)) until = code.indexOf(quote, until + 1)
    if (until < 0) return false
    const raw = code.slice(from, until)
    if (raw.includes('\n') && !/\\\r?\n/.test(raw)) return false
    at = until + 1
    addText([raw.includes('\\') ? unescape(raw) : raw])
    saw('0', true)
    return true
  }

  /** From the backtick, or the end of a hole, to the next hole or the closing backtick. */
  function readTemplate(parts: Part[]): boolean {
    const from = at
    for (;;) {
      TEMPLATE.lastIndex = at
      TEMPLATE.test(code)
      at = TEMPLATE.lastIndex
      if (at >= code.length) return false
      const isHole = code[at] === '$' && code[at + 1] === '{'
      if (isHole || code[at] === '`') {
        const raw = code.slice(from, at)
        parts.push(raw.includes('\\') ? unescape(raw) : raw)
        at += isHole ? 2 : 1
        if (isHole) push('}', { template: parts })
        else addText(parts)
        saw(isHole ? '{' : '0', !isHole)
        return true
      }
      at += code[at] === '\\' ? 2 : 1
    }
  }

  function readSlash(): boolean {
    const next = code[at + 1]
    if (next === '/' || next === '*') {
      const until = code.indexOf(next === '/' ? '\n' : '*/', at + 2)
      if (until < 0 && next === '*') return false
      at = until < 0 ? code.length : until + (next === '/' ? 1 : 2)
    } else if (divides) {
      at++
      saw('/', false)
    } else {
      REGEX.lastIndex = at
      if (!REGEX.test(code)) return false
      at = REGEX.lastIndex
      addHole()
      saw('0', true)
    }
    return true
  }

  function open(char: string): boolean {
    at++
    const isProperty = before === '.'
    const isHead = char === '(' && HEADS.has(last) && !isProperty
    const isBlock = char === '{' && (divides || ')>;'.includes(last) || isName(last))
    push(char === '(' ? ')' : char === '[' ? ']' : '}', {
      added: char === '(' && last === 'concat' && isProperty ? [] : undefined,
      divides: !isHead && !isBlock,
    })
    saw(char, false)
    return true
  }

  function close(char: string): boolean {
    at++
    const parent = frames.pop()
    if (!parent || frame.closer !== char) return false
    const { template, added, divides: isOperand } = frame
    if (added) add()
    else end()
    frame = parent
    if (template) return readTemplate([...template, HOLE])
    if (added) parent.sum.push(...added)
    else addHole()
    saw(char, isOperand)
    return true
  }

  function push(closer: string, more: Partial<Frame>): void {
    frames.push(frame)
    frame = { ...openFrame(closer), ...more }
  }

  function addText(parts: Part[]): void {
    if (!frame.isOpen) end()
    frame.sum.push(...parts)
    frame.isOpen = false
  }

  /** An operand that is no text, or what makes one of a text: `'a'.length`. */
  function addHole(): void {
    const { sum } = frame
    if (frame.isOpen || sum.length === 0) sum.push(HOLE)
    else {
      const operand = sum.at(-1)
      if (typeof operand === 'string') listener.text(operand)
      sum[sum.length - 1] = HOLE
    }
    frame.isOpen = false
  }

  /** An operand of `.concat(` is complete. */
  function add(): void {
    if (frame.isMixed) end()
    frame.added?.push(...(frame.isMixed ? [HOLE] : frame.sum))
    frame.sum = []
    frame.isMixed = false
  }

  /** The sum is complete. */
  function end(): void {
    const { sum } = frame
    frame.isOpen = false
    if (sum.length === 0) return
    frame.isMixed = true
    frame.sum = []
    const parts = merge(sum)
    if (parts.length > 1) listener.pattern(parts)
    else if (typeof parts[0] === 'string') listener.text(parts[0])
  }
}

const openFrame = (closer: string): Frame => ({
  closer,
  sum: [],
  isOpen: false,
  template: undefined,
  added: undefined,
  isMixed: false,
  divides: true,
})

const isName = (what: string): boolean => /^[^\0-#%-@[-^`{-\u007f]/.test(what)

/** True where an odd number of backslashes stands before. */
function isEscaped(code: string, place: number, from: number): boolean {
  let at = place
  while (at > from && code[at - 1] === '\\') at--
  return (place - at) % 2 === 1
}

/** Texts in a row are one text, holes in a row one hole; empty texts are nothing. */
function merge(sum: Part[]): Part[] {
  if (sum.length === 1) return sum
  const parts: Part[] = []
  for (const part of sum) {
    const last = parts.at(-1)
    if (part === '' || (part === HOLE && last === HOLE)) continue
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  return parts
}
