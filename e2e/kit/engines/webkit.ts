import { globSync } from 'node:fs'
import { freePort, startProgram, untilReady } from '../../services/program.ts'
import type { Engine } from './tab.ts'

export interface WebKitOptions {
  /** `WebKitWebDriver`. */
  driver: string
  /** `Xvfb`. */
  screen: string
}

/** https://w3c.github.io/webdriver/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** WebKitGTK's MiniBrowser by WebDriver, on a screen of its own. */
export async function startWebKit({ driver, screen }: WebKitOptions): Promise<Engine> {
  await using started = new AsyncDisposableStack()
  const shown = started.use(
    await startProgram({ command: screen, args: ['-displayfd', '2', '-screen', '0', '1024x768x24'] }),
  )
  await untilReady(shown, { name: 'Xvfb', isReady: () => /^\d+$/m.test(shown.output()) })
  const port = await freePort()
  const environment = [
    `DISPLAY=:${/^\d+$/m.exec(shown.output())?.[0]}`,
    'WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1',
    'GDK_BACKEND=x11',
  ]
  const program = started.use(
    await startProgram({ command: 'env', args: [...environment, driver, `--port=${port}`], endBy: 'TERM' }),
  )
  const status = () =>
    fetch(`http://127.0.0.1:${port}/status`).then(
      ({ ok }) => ok,
      () => false,
    )
  await untilReady(program, { name: 'WebKitWebDriver', isReady: status })

  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    })
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } }
    if (!answer.ok) throw new Error(`WebKit: ${method} ${path}: ${value.error}: ${value.message}`)
    return value
  }

  const [binary] = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser')
  const wish = { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } }
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', { capabilities: { alwaysMatch: wish } })
  const session = `/session/${sessionId}`
  started.defer(() => call('DELETE', session))
  const first = await call<string>('GET', `${session}/window`)
  const stack = started.move()

  return {
    async open() {
      // From a window that is there for certain; a tab would be opened behind it.
      await call('POST', `${session}/window`, { handle: first })
      const { handle } = await call<{ handle: string }>('POST', `${session}/window/new`, { type: 'window' })
      const say = async <T>(method: string, path: string, body?: object) => {
        await call('POST', `${session}/window`, { handle })
        return call<T>(method, session + path, body)
      }
      const read = <T>(expression: string) =>
        say<T>('POST', '/execute/sync', { script: `return (${expression})`, args: [] })
      const find = async (selector: string) => {
        const found = await say<Record<string, string>>('POST', '/element', { using: 'css selector', value: selector })
        return found[ELEMENT] ?? ''
      }
      return {
        read,
        go: (url) => say('POST', '/url', { url }),
        back: async () => void (await read('void history.back()')),
        reload: () => say('POST', '/refresh', {}),
        click: async (selector) => say('POST', `/element/${await find(selector)}/click`, {}),
        type: async (selector, text) => say('POST', `/element/${await find(selector)}/value`, { text }),
        front: () => call('POST', `${session}/window`, { handle }),
        close: async () => void (await say('DELETE', '/window')),
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
