/**
 * Fills the origin's share of the disk to its last hundred bytes; quick after `Storage.overrideQuotaForOrigin`. Runs in the page.
 *
 * @returns the name of the error that says so.
 */
export async function fillDisk(): Promise<string> {
  const opening = indexedDB.open('filler', 1)
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('filler', { autoIncrement: true }))
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const put = (size: number) =>
    new Promise<string>((resolve) => {
      const transaction = opening.result.transaction('filler', 'readwrite')
      transaction.objectStore('filler').put(crypto.getRandomValues(new Uint8Array(size)))
      transaction.addEventListener('complete', () => resolve(''))
      transaction.addEventListener('abort', () => resolve(transaction.error?.name ?? 'aborted'))
    })
  let failure = ''
  for (let size = 65_536; size >= 64; size /= 4) while ((failure = await put(size)) === '');
  return failure
}

/** Browsers that store nothing, each with what makes a page's own so: a script for before it starts. */
export const WITHOUT_DISK: readonly (readonly [name: string, forbid: () => void])[] = [
  ['without IndexedDB', () => void Reflect.defineProperty(globalThis, 'indexedDB', { value: undefined })],
  [
    'whose IndexedDB may not be opened',
    () =>
      void (IDBFactory.prototype.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }),
  ],
]
