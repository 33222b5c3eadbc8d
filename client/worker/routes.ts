import { FRAGMENT } from '../../server/wire/fragment.ts'
import { files, isFile, pictures } from './files.ts'
import { type Asked, fragments, place, placeAhead, wholePage } from './places.ts'

/** Never answered from a copy: they count, stream or measure, or send the person on. */
const UNTOUCHED = /^\/(?:__|live|track|health|i\/)/

type Row = [
  what: string,
  fits: (asked: Pick<Asked, 'request' | 'url'>) => boolean,
  how: (asked: Asked) => Promise<Response>,
]

/**
 * Which GET is answered how: the first row that fits. What none fits goes to the server as if there were no worker, and so does every
 * other method.
 */
export const ROUTES: readonly Row[] = [
  ['a picture', ({ url, request }) => isFile(url) && request.destination === 'image', pictures],
  ['another hashed file', ({ url }) => isFile(url), files],
  [
    'a place fetched ahead',
    ({ url, request }) => isPage(url) && request.mode === 'navigate' && request.headers.has('Sec-Purpose'),
    placeAhead,
  ],
  ['a place opened', ({ url, request }) => isPage(url) && request.mode === 'navigate', place],
  [
    'parts of a place',
    ({ url, request }) => isPage(url) && isSeen(request) && request.headers.has(FRAGMENT),
    fragments,
  ],
  [
    'a place brought up to date',
    ({ url, request }) => isPage(url) && isSeen(request) && request.headers.get('Accept') === 'text/html',
    wholePage,
  ],
]

/** What the outbox asks is no question for a copy: who is signed in now. */
const isSeen = ({ headers }: Request) => !headers.has('Purpose')

export const isPage = (url: URL): boolean => url.origin === location.origin && !UNTOUCHED.test(url.pathname)
