/** A path as a browser asks for it: what it leaves alone stays, so that both are one URL to its cache. */
export const encodePath = (name: string): string => encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')

/**
 * The path under which a folder is served, with a slash at both ends: `/`, `/game/`.
 * @throws TypeError for anything else, `./` and whole URLs included.
 */
export function checkBase(base: string): string {
  if (/^\/(?:[-\w.~%@+,=]+\/)*$/.test(base)) return base
  throw new TypeError(`base is "${base}", expected a path with a slash at both ends, as in "/game/"`)
}
