/** Only whole, good documents that may be kept. A redirected one would be refused for a navigation. */
export const isStorable = (response: Response): boolean =>
  response.status === 200 &&
  response.type === 'basic' &&
  !response.redirected &&
  !/no-store/.test(response.headers.get('Cache-Control') ?? '') &&
  (response.headers.get('Content-Type') ?? '').startsWith('text/html')

/** The same for a strategy. */
export const storable = {
  cacheWillUpdate: async ({ response }: { response: Response }) => (isStorable(response) ? response : null),
}
