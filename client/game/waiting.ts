import { type Age, ago } from '../runtime/outbox/age.ts'
import type { OutboxState, Waiting } from '../runtime/outbox.ts'

/** Listed by name; the others are counted. */
const LISTED = 6

/**
 * Shows what waits for a connection, beside each button that was pressed and as a list, and how old the place is that is shown. Told to a screen
 * reader when it begins; the minutes that pass are not.
 */
export function showWaiting(): void {
  const panel = document.createElement('aside')
  panel.className = 'away'
  panel.hidden = true
  panel.dataset['keep'] = ''
  panel.ariaLabel = 'Without a connection'
  const age = document.createElement('p')
  age.role = 'status'
  const list = document.createElement('details')
  list.id = 'waiting'
  panel.append(age, list)
  document.body.append(panel)

  let actions: readonly Waiting[] = []

  function showAge({ detail: { asOf } }: CustomEvent<Age>) {
    age.hidden = asOf === undefined
    if (asOf !== undefined) {
      const [time = element('time', '')] = age.getElementsByTagName('time')
      // Inside what is announced, this alone is not, each minute anew.
      time.ariaLive = 'off'
      time.dateTime = new Date(asOf).toISOString()
      time.textContent = ago(asOf)
      if (!time.parentElement) age.replaceChildren('As of ', time)
    } else age.replaceChildren()
    show()
  }

  function showList({ detail }: CustomEvent<OutboxState>) {
    ;({ actions } = detail)
    const count = actions.length
    const rest = count - LISTED
    list.hidden = count === 0
    list.replaceChildren(
      element('summary', count === 1 ? '1 action waits' : `${count} actions wait`),
      element('ul', ...actions.slice(0, LISTED).map(({ label }) => element('li', label)), rest > 0 ? more(rest) : ''),
      detail.isStored ? '' : element('p', 'This browser stores nothing: keep this page open until you are back.'),
    )
    show()
    mark()
  }

  function show() {
    panel.hidden = age.hidden && list.hidden
  }

  /** An answer draws the buttons anew. */
  function mark() {
    const waiting = new Set(actions.map(({ url, body }) => nameOf(new URL(url), new URLSearchParams(body))))
    for (const form of document.forms) {
      const button = form.querySelector<HTMLButtonElement>('button:not([type=button])')
      if (!button || form.getAttribute('method') !== 'post') continue
      const fields = [...new FormData(form, button)].map(([name, value]) => [
        name,
        typeof value === 'string' ? value : value.name,
      ])
      const url = new URL(form.getAttribute('action') ?? '', location.href)
      const isWaiting = waiting.has(nameOf(url, new URLSearchParams(fields)))
      button.toggleAttribute('data-waiting', isWaiting)
      if (isWaiting) button.setAttribute('aria-describedby', list.id)
      else if (button.getAttribute('aria-describedby') === list.id) button.removeAttribute('aria-describedby')
    }
  }

  age.hidden = list.hidden = true
  document.addEventListener('firstframe:age', (event) => showAge(event as CustomEvent<Age>))
  document.addEventListener('firstframe:outbox', (event) => showList(event as CustomEvent<OutboxState>))
  document.addEventListener('firstframe:applied', () => actions.length > 0 && mark())
}

/** What an action is, whatever its key. */
function nameOf({ pathname }: URL, body: URLSearchParams): string {
  body.delete('key')
  return `${pathname} ${body.toString()}`
}

const more = (count: number) => element('li', `and ${count} more`)

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.append(...content)
  return made
}
