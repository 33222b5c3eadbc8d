import { KNOWN } from '../../server/wire/fragment.ts'

/**
 * Headers that tell the server which parts stand already, so that it leaves out those that are the same.
 *
 * @param isPage whether the answer is a place of its own, which a worker stores: then it must have all parts.
 */
export function knownParts(names: readonly string[], isPage: boolean): Record<string, string> {
  if (isPage && (navigator as Partial<Navigator>).serviceWorker?.controller) return {}
  const known = names.flatMap((name) => {
    const tag = document.getElementById(name)?.dataset['tag']
    return tag ? [`${name}=${tag}`] : []
  })
  return known.length > 0 ? { [KNOWN]: known.join() } : {}
}
