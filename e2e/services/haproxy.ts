import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProgram, untilReady } from './program.ts'

/** The configuration that is delivered. */
const FILE = join(import.meta.dirname, '../../cdn/haproxy.cfg')

export interface BalancerOptions {
  /** The program, as `provision('haproxy')` found it. */
  path: string
  /** `host:port` of each instance: as many as the configuration names, or fewer. */
  instances: readonly string[]
  /** `host:port` of whoever gets its log, by UDP. Default nobody. */
  logs?: readonly string[]
}

/** A real HAProxy with the configuration of `cdn/`, on a free port. Disposing ends it. */
export interface Balancer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
}

/** Starts HAProxy and waits until an instance answers through it. @throws Error with what it said where none does. */
export async function startBalancer({ path, instances, logs = [] }: BalancerOptions): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), 'firstframe-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, placed(await readFile(FILE, 'utf8'), { port, instances, logs }))
  const program = await startProgram({ command: path, args: ['-db', '-f', file], folder })
  const url = `http://127.0.0.1:${port}`
  await untilReady(program, { name: 'haproxy', isReady: () => answers(`${url}/health/ready`) })
  return {
    url,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The delivered configuration with the places of this machine. */
function placed(text: string, { port, instances, logs }: Omit<BalancerOptions, 'path'> & { port: number }): string {
  const receivers = (logs ?? []).map((address) => `    log ${address} format raw local0\n`).join('')
  return (
    text
      .replace('bind *:8080', `bind 127.0.0.1:${port}`)
      .replaceAll(/^ +log \d.*\n/gm, '')
      .replace(/^ +log stdout.*\n/m, receivers)
      .replaceAll(/^( +server game(\d+) ).*\n/gm, (_, server: string, number: string) => {
        const address = instances[Number(number) - 1]
        return address === undefined ? '' : `${server}${address}\n`
      })
      // So many need more open files than a test may have.
      .replace('maxconn 20000', 'maxconn 200')
  )
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    ({ ok }) => ok,
    () => false,
  )
