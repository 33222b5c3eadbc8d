import { pathOf } from './history.ts'

/** What a person asked for: a link's address, or a form's fields on their way. */
export interface Intent {
  /** Absolute. */
  readonly url: string
  readonly method: string
  /** The link or form. */
  readonly element: HTMLElement
  /** What was pressed: the link or the submitter; the form itself when it was sent with Enter and has no button. */
  readonly control: HTMLElement
  /** What is sent with POST. */
  readonly body?: URLSearchParams
  /** Idempotency key of a write, new each time. */
  readonly key?: string
}

/** The link that a click follows, unless the browser should: modifiers, `target`, `download`, `data-full`, other origins, anchors of `page`. */
export function readClick(event: MouseEvent, page: string): Intent | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null
  const link = event.target instanceof Element && event.target.closest('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download')) return null
  if (!isOurs(link, link.href, link.getAttribute('target'))) return null
  if (link.hash && pathOf(link.href) === page) return null
  return { url: link.href, method: 'GET', element: link, control: link }
}

/** The form that is being sent, unless the browser should: files, `target`, `data-full`, dialogs, other origins. */
export function readSubmit({ defaultPrevented, target, submitter }: SubmitEvent): Intent | null {
  if (defaultPrevented || !(target instanceof HTMLFormElement)) return null
  const has = attributesOf(target, submitter)
  const { url, method } = addressOf(has)
  if (method === 'DIALOG' || has('enctype') === 'multipart/form-data') return null
  return isOurs(target, url, has('target')) ? readForm(target, submitter) : null
}

/** A form's fields as a browser would send them, urlencoded, the submitter's own included. A field `key` gets the new key. */
export function readForm(form: HTMLFormElement, submitter: HTMLElement | null): Intent {
  const { url, method } = addressOf(attributesOf(form, submitter))
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === 'string') body.append(name, value)
  const from = { element: form, control: submitter ?? form }
  if (method === 'GET') {
    const to = new URL(url)
    to.search = body.toString()
    return { ...from, url: to.href, method }
  }
  const key = newKey()
  if (body.has('key')) body.set('key', key)
  return { ...from, url, method, body, key }
}

/** Attributes, not properties: a field named `action` hides the form's own `action`. The submitter's come first. */
const attributesOf = (form: HTMLFormElement, submitter: HTMLElement | null) => (name: string) =>
  submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name)

const addressOf = (has: (name: string) => string | null) => ({
  url: new URL(has('action') || location.href, location.href).href,
  method: (has('method') || 'GET').toUpperCase(),
})

const isOurs = (element: HTMLElement, url: string, target: string | null) =>
  (!target || target === '_self') && !element.hasAttribute('data-full') && new URL(url).origin === location.origin

/** 32 hexadecimal digits. Not randomUUID(): that needs a secure context, which a phone on the developer's network has not. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
