/** A directive with a block, its lines indented. */
export const block = (directive: string, lines: string[]): string[] => [
  `${directive} {`,
  ...lines.map((line) => `    ${line}`),
  '}',
]

/**
 * A string in quotes. nginx takes a backslash for an escape only before a quote, another backslash and `t r n`: those are doubled, so that
 * regular expressions stay readable.
 */
export const quote = (text: string): string => `"${text.replaceAll(/\\(?=["'\\trn]|$)|"/g, '\\$&')}"`

/**
 * A string for where nginx puts variables in: `$` can be had from one only.
 * @param variable to stand before it, as in `$ff_image_avif`.
 */
export const value = (text: string, variable = ''): string =>
  quote(text.replaceAll('$', () => '${ff_dollar}')).replace('"', () => `"${variable}`)

/** A map's key for one path, case and all. */
export const exactly = (name: string): string => quote(`~^/${escapeRegex(name)}$`)

export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
