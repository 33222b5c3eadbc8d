declare const registration: ServiceWorkerRegistration

const root = new URL(registration.scope).pathname

/** Begins every cache's name: games may share an origin, as those of one author on a host of pages do. */
export const OURS = `firstframe ${root} `
/** One cache for each release's shell. */
export const SHELL = `${OURS}shell `
/** What else was met, of whichever release. */
export const MET = `${OURS}met`
/** What the worker itself has to remember. */
export const STATE = `${OURS}state`

/** A file's path below the scope, decoded: what the table calls it. Undefined for what is not below the scope, or no proper path. */
export function nameOf({ origin, pathname }: URL): string | undefined {
  if (origin !== location.origin || !pathname.startsWith(root)) return undefined
  try {
    return decodeURIComponent(pathname.slice(root.length))
  } catch {
    return undefined
  }
}

export const urlOf = (name: string): string => registration.scope + encodeURI(name).replace(/[?#]/g, encodeURIComponent)

/** The hash that a built file carries in its name. */
export const hashIn = (name: string): string | undefined => /-([0-9a-f]{8})\.\w+$/.exec(name)?.[1]

/** Under what the bytes of this hash are stored: they never change, so neither does what lies here. */
export const keyOf = (name: string, hash: string): string =>
  hashIn(name) === hash ? urlOf(name) : `${urlOf(name)}?${hash}`

/** First eight hex digits of the bytes' SHA-256. */
export async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 4)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
