/** `0 B`, `940 B`, `31.4 kB`, `2.25 MB`: three digits, units of 1000 as a line counts them. */
export function bytesText(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`
  const [value, unit] = bytes < 999_500 ? [bytes / 1000, 'kB'] : [bytes / 1e6, 'MB']
  return `${threeDigits(value)} ${unit}`
}

/** `340 ms`, `4.2 s`, `1 min 20 s` */
export function msText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 99_950) return `${threeDigits(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const threeDigits = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)

/** `1 file`, `2,100 files` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`

/** `a.png`, `a.png and b.png`, `a.png, b.png and 7 more`: the first few of a list. */
export function someOf(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? ''
  const shown = names.slice(0, names.length <= most ? -1 : most - 1)
  const last = names.length <= most ? (names.at(-1) ?? '') : `${names.length - shown.length} more`
  return `${shown.join(', ')} and ${last}`
}

export const sum = <Item>(items: Iterable<Item>, of: (item: Item) => number): number => {
  let total = 0
  for (const item of items) total += of(item)
  return total
}
