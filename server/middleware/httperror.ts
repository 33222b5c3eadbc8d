/** A failure that its caller is told about. Anything else that is thrown becomes a 500 whose cause only the log learns. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  /** 400 to 599. */
  readonly status: number
  /** One or two sentences for the person who asked, with the way out. */
  readonly words: string
  /** Sent with the answer, as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, words: string, options: ErrorOptions & { headers?: Record<string, string> } = {}) {
    super(words, options)
    this.status = status
    this.words = words
    this.headers = options.headers ?? {}
  }
}
