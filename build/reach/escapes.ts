const SIMPLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0', '\n': '' }

/** What a string's or a template's escapes stand for. */
export const unescape = (raw: string): string =>
  raw.replaceAll(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, (_, long, four, two, char) => {
    const code = (long ?? four ?? two) as string | undefined
    if (code !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16)))
    return SIMPLE[char as string] ?? (char as string)
  })
