import type { Text } from './reach.ts'

/** A place that adds a query which is another at each visit, so that no cache ever answers. */
export interface CacheBuster {
  /** Name of the text. */
  where: string
  /** Counted from 1. */
  line: number
  /** The code, shortened: `?v=${Date.now()}`. */
  code: string
}

const NOW = String.raw`(?:Date\.now\(\)|\+?\(?new Date\b(?:\(\))?\)?(?:\.(?:getTime|valueOf)\(\))?|Math\.random\(\)|performance\.now\(\))`
/** From the end of a fixed text to what is added to it. */
const ADDED = String.raw`(?:\$\{|["'\x60]\s*(?:\+|\.concat\()\s*)\s*(?:String\()?\(?`
/** A parameter, or the end of one whose `?` or `&` is chosen before: `${url}${mark}v=${now}`. */
const PARAMETER = String.raw`(?:[?&][\w.-]*=?|["'\x60}](?:v|ver|version|t|ts|time|timestamp|r|rnd|rand|random|cb|bust|cache|nocache|_)=)`
const WRITTEN = new RegExp(String.raw`${PARAMETER}${ADDED}(?:${NOW}|(?<name>[\w$]+)\b(?!\s*[.(]))`, 'g')
const SET = new RegExp(
  String.raw`\bsearchParams\.(?:set|append)\(\s*[^,()]{1,60},\s*(?:String\(|["'\x60]{2}\s*\+|\x60\$\{)?\s*${NOW}`,
  'g',
)
const ASSIGNED = new RegExp(
  String.raw`(?<![\w$.])(?<name>[\w$]+)\s*=\s*(?:[^=;,]{1,60}\?\?\s*)?(?:String\(|["'\x60]{2}\s*\+\s*|\x60\$\{)?${NOW}`,
  'g',
)
/** A name of one letter, such as minifiers give, means the same thing only so far. */
const NEAR = 2000

/** Where the game's scripts and pages add the time, or chance, to a URL. */
export function findCacheBusters(texts: Iterable<Text>): CacheBuster[] {
  const found: CacheBuster[] = []
  for (const { name, text } of texts) {
    if (!/\.(?:m?js|html?)$/.test(name)) continue
    const times = Map.groupBy(text.matchAll(ASSIGNED), ({ groups }) => groups?.['name'])
    const isTime = (variable: string | undefined, place: number): boolean =>
      variable === undefined ||
      (times.get(variable) ?? []).some(({ index }) => variable.length > 1 || (index < place && place - index < NEAR))
    for (const place of [...text.matchAll(WRITTEN), ...text.matchAll(SET)]) {
      const { index, groups, 0: code } = place
      if (!isTime(groups?.['name'], index)) continue
      const line = text.slice(0, index).split('\n').length
      // What the brackets hold is cut off in the middle.
      found.push({ where: name, line, code: code.includes('${') ? `${code}}` : code })
    }
  }
  return found
}
