/** One grey pixel. */
const PIXEL =
  'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAABwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAAEAAAABAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAkbWRhdBIACgc4AAaQENBpMg8f8mKE4AAWAACQNY48ftw='

let tried: Promise<boolean | undefined> | undefined

/** Whether this browser decodes AVIF, tried once: the `fetch()` of an engine does not say. Undefined where a worker cannot try. */
export const decodesAvif = (): Promise<boolean | undefined> => (tried ??= decode())

async function decode(): Promise<boolean | undefined> {
  if (!('createImageBitmap' in globalThis)) return undefined
  const bytes = Uint8Array.from(atob(PIXEL), (letter) => letter.charCodeAt(0))
  return createImageBitmap(new Blob([bytes], { type: 'image/avif' })).then(
    () => true,
    () => false,
  )
}
