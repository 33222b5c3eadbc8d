import { Agent, request } from 'node:http'

/** One answer, as far as a load looks at it. */
export interface Answered {
  status: number
  text: string
  headers: NodeJS.Dict<string | string[]>
}

/** Somebody who plays over plain HTTP, without a browser: many fit on a machine. */
export interface Walker {
  get(path: string): Promise<Answered>
  /** Sends a form, as a browser without scripts does. */
  act(path: string, fields: Record<string, string>): Promise<Answered>
  /** Sends JSON, as a page's script does. */
  tell(path: string, value: unknown): Promise<Answered>
}

const FORM = 'application/x-www-form-urlencoded'
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** A stranger with an address of their own, so that limits by address see a crowd and not one caller. */
export function createWalker(url: string, number: number): Walker {
  let cookie = ''
  const ask = (method: string, path: string, body = '', type = FORM): Promise<Answered> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answered>()
    const headers = {
      Origin: url,
      'X-Forwarded-For': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
      ...(cookie && { Cookie: cookie }),
      ...(body && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
    }
    const asked = request(new URL(path, url), { method, headers, agent }, (answer) => {
      const [session] = answer.headers['set-cookie'] ?? []
      if (session !== undefined) cookie = session.split(';', 1)[0] ?? ''
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }))
    })
    asked.on('error', reject)
    asked.end(body)
    return promise
  }
  return {
    get: (path) => ask('GET', path),
    act: (path, fields) => ask('POST', path, new URLSearchParams(fields).toString()),
    tell: (path, value) => ask('POST', path, JSON.stringify(value), 'application/json'),
  }
}

/**
 * What players do most, over and over: look around, go on a mission with what energy there is, and see what one has just written.
 *
 * @throws Error where what was written a moment ago is not shown.
 */
export async function play(walker: Walker, turn: number): Promise<Answered> {
  const key = `turn-number-${turn}`
  switch (turn % 8) {
    case 0:
      return walker.get('/')
    case 1:
      return walker.get('/missions')
    case 2:
      return walker.act('/missions/thornwood', { action: 'mission', mission: 'gather-kindling', key })
    case 3:
      return walker.act('/hero', { action: 'rename', name: `Walker ${turn}`, avatar: 'elf', key })
    case 4: {
      const answered = await walker.get('/hero')
      if (answered.status === 200 && !answered.text.includes(`Walker ${turn - 1}`))
        throw new Error(`turn ${turn}: the hero is still ${/name="name" value="([^"]*)"/.exec(answered.text)?.[1]}`)
      return answered
    }
    case 5:
      return walker.get('/market')
    case 6:
      return walker.get('/battle')
    default:
      return walker.get('/ladder')
  }
}
