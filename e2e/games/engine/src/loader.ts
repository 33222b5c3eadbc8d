/** What this engine holds at the end of a load, by key. */
export interface Cache {
  pictures: Map<string, HTMLImageElement>
  sounds: Map<string, AudioBuffer>
  json: Map<string, unknown>
}

interface File {
  key: string
  url: string
  fetch: (url: string) => Promise<void>
}

const PARALLEL = 32

/** A loader in the manner of Phaser's: files are named by key and path, and fetched when the scene starts. */
export class Loader {
  readonly cache: Cache = { pictures: new Map(), sounds: new Map(), json: new Map() }
  /** Files that could not be had. */
  readonly failed: string[] = []
  private readonly list: File[] = []
  private base = ''
  private path = ''

  setBaseURL(url: string): this {
    this.base = url.replace(/\/?$/, '/')
    return this
  }

  setPath(path: string): this {
    this.path = path === '' ? '' : path.replace(/\/?$/, '/')
    return this
  }

  /** Without a file, the key with `.png` is its name. */
  image(key: string | string[], file?: string): this {
    for (const one of [key].flat()) this.add(one, file ?? `${one}.png`, (url) => this.picture(one, url))
    return this
  }

  json(key: string, file = `${key}.json`): this {
    this.add(key, file, async (url) => void this.cache.json.set(key, await (await ask(url)).json()))
    return this
  }

  /** The first that the browser can play. */
  audio(key: string, files: string[]): this {
    const probe = document.createElement('audio')
    const TYPES: Record<string, string> = { wav: 'audio/wav', mp3: 'audio/mpeg', ogg: 'audio/ogg' }
    const file = files.find((name) => probe.canPlayType(TYPES[name.split('.').at(-1) ?? ''] ?? '') !== '')
    if (file === undefined) return this
    this.add(key, file, async (url) => {
      const context = new OfflineAudioContext(1, 1, 22_050)
      this.cache.sounds.set(key, await context.decodeAudioData(await (await ask(url)).arrayBuffer()))
    })
    return this
  }

  /** Fetches all that was named, 32 at a time. */
  async start(): Promise<void> {
    const next = async (): Promise<void> => {
      for (let file = this.list.shift(); file; file = this.list.shift()) {
        const { key, url, fetch } = file
        await fetch(url).catch(() => void this.failed.push(`${key} ${url}`))
      }
    }
    await Promise.all(Array.from({ length: PARALLEL }, next))
  }

  private add(key: string, file: string, fetch: File['fetch']): void {
    this.list.push({ key, url: this.base + this.path + file, fetch })
  }

  private async picture(key: string, url: string): Promise<void> {
    const image = new Image()
    image.src = URL.createObjectURL(await blob(url))
    await image.decode()
    URL.revokeObjectURL(image.src)
    this.cache.pictures.set(key, image)
  }
}

function blob(url: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', url, true)
    request.responseType = 'blob'
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(request.response as Blob)
      else reject(new Error(`${url}: ${request.status}`))
    })
    request.addEventListener('error', () => reject(new Error(url)))
    request.send()
  })
}

async function ask(url: string): Promise<Response> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
  return answer
}
