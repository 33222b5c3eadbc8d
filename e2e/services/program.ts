import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whose rights a program has. */
export interface Account {
  uid: number
  gid: number
}

export interface ProgramOptions {
  command: string
  args: string[]
  /** Default our own. */
  account?: Account | undefined
  /** A folder to remove should we be killed; whoever lives removes it themselves. */
  folder?: string
  /** What ends it. Default `KILL`. */
  endBy?: 'INT' | 'KILL' | 'QUIT' | 'TERM'
}

/** A program that a test stands on. Disposing ends it. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  /** The last of what it has said, both outputs. */
  output(): string
  /** Sends it a signal, `SIGSTOP` and `SIGCONT` included; nothing where it has ended. */
  signal(signal: NodeJS.Signals): void
  /** Resolves when it has ended, however that came about. */
  readonly ended: Promise<void>
}

/**
 * A shell between us and the program, which ends it when it reads a line, or when its standard input ends without one: that is how the
 * system tells that we were killed, and then nobody else is left to clear up.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null >&2 3<&- &
program=$!
echo $program
{
  read -r _ <&3 || { trap '' TERM; killed=yes; }
  kill -s "$END_BY" $program
  test -z "$killed" || { while kill -0 $program; do sleep 0.1; done; test -z "$FOLDER" || rm -rf "$FOLDER"; }
} >/dev/null 2>&1 &
watcher=$!
wait $program
kill $watcher 2>/dev/null
`

/** Characters of output kept. */
const KEPT_OUTPUT = 20_000

/** Starts a program that never outlives this process, not even where this process is killed. */
export async function startProgram({
  command,
  args,
  account,
  folder = '',
  endBy = 'KILL',
}: ProgramOptions): Promise<Program> {
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // In a session of its own, so that Ctrl-C reaches it through us, when we are done with it.
    detached: true,
    // An account of its own may not be allowed to stand where we do.
    cwd: '/',
    env: { ...process.env, FOLDER: folder, END_BY: endBy },
    ...account,
  })
  let output = ''
  keeper.stderr.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-KEPT_OUTPUT)))
  // Ending what has ended is nothing to complain of.
  keeper.stdin.on('error', () => {})
  const ended = once(keeper, 'exit').then(() => undefined)
  const [pid] = (await once(keeper.stdout, 'data')) as [Buffer]
  return {
    pid: Number(pid),
    ended,
    output: () => output,
    signal(signal) {
      if (keeper.exitCode === null && keeper.signalCode === null) process.kill(Number(pid), signal)
    },
    async [Symbol.asyncDispose]() {
      keeper.stdin.end('end\n')
      await ended
    },
  }
}

export interface Readiness {
  /** For the error. */
  name: string
  /** Asked again and again until it is true. */
  isReady: () => boolean | Promise<boolean>
  /** Milliseconds. Default 10,000. */
  within?: number
}

/** Waits until a program can be used. @throws Error with its output where it ends, or does not get there in time and is ended. */
export async function untilReady(program: Program, { name, isReady, within = 10_000 }: Readiness): Promise<void> {
  const deadline = Date.now() + within
  let hasEnded = false
  void program.ended.then(() => (hasEnded = true))
  while (!(await isReady())) {
    if (hasEnded) throw new Error(`${name} ended before it was ready:\n${program.output()}`)
    if (Date.now() > deadline) {
      await program[Symbol.asyncDispose]()
      throw new Error(`${name} was not ready within ${within} ms:\n${program.output()}`)
    }
    await sleep(10)
  }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
