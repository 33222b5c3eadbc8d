import compression from 'compression'
import type { Request, RequestHandler, Response } from 'express'
import { hash } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { chooseEncoding } from '../wire/encoding.ts'

/**
 * Below this an encoded answer leaves the server in the same single packet: an Ethernet frame's 1,500 bytes less the TCP/IP and the
 * answer's own head.
 */
const WORTH = 860
/** Above this one synchronous call would hold up the others for more than about 0.1 ms. */
const LARGE = 64 * 1024

type Encoding = 'zstd' | 'br' | 'gzip'

/**
 * Which encoding where several are as welcome, by size. Measured on a page of cards, bytes and µs of CPU for 4.5 KB | 22 KB:
 * zstd 1: 955, 37 | 2775, 29; zstd 3: 945, 31 | 2728, 36; gzip 1: 1025, 14 | 3379, 31; gzip 6: 966, 18 | 2941, 61;
 * brotli 1: 1039, 23 | 3453, 31; brotli 4: 859, 34 | 2811, 87. So brotli 1 fits nowhere: gzip 1 is as small and as cheap; brotli 4
 * earns its time on what no longer fits a few packets.
 */
const POLICY: readonly {
  from: number
  order: readonly Encoding[]
  encode: Readonly<Record<Encoding, (body: Buffer) => Buffer>>
}[] = [
  { from: 8 * 1024, order: ['zstd', 'br', 'gzip'], encode: { zstd: zstd(3), br: brotli(4), gzip: gzip(6) } },
  { from: WORTH, order: ['zstd', 'gzip', 'br'], encode: { zstd: zstd(1), br: brotli(4), gzip: gzip(1) } },
]

/**
 * Answers with one body: typed, validated, encoded as the caller prefers, in one synchronous call. Sets `ETag`, `Vary`,
 * `Content-Length`; answers 304 where the caller has this body already, and HEAD without it. The tag is weak, so that one validates
 * every encoding of the same body (RFC 9110, 8.8.1 and 13.1.2). Bodies above 64 KB stream through {@link encode}'s compression.
 *
 * Does nothing when the request was answered meanwhile, as by a time-out.
 *
 * @param type whole media type, as in `text/html; charset=utf-8`.
 */
export function send(req: Request, res: Response, body: string | Buffer, type: string): void {
  if (res.headersSent) return
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const reading = req.method === 'GET' || req.method === 'HEAD'
  res.vary('Accept-Encoding')
  if (reading && res.statusCode === 200) {
    res.setHeader('ETag', `W/"${hash('sha256', bytes, 'base64url').slice(0, 22)}"`)
    if (req.fresh) {
      res.status(304).end()
      return
    }
  }
  res.setHeader('Content-Type', type)
  if (bytes.length > LARGE) {
    res.end(bytes)
    return
  }
  const policy = POLICY.find(({ from }) => bytes.length >= from)
  const encoding = policy && chooseEncoding(req.get('Accept-Encoding'), policy.order)
  const encoded = encoding ? req.timing.span('encode', () => policy.encode[encoding](bytes)) : bytes
  if (encoding) res.setHeader('Content-Encoding', encoding)
  res.setHeader('Content-Length', encoded.length)
  res.end(req.method === 'HEAD' ? undefined : encoded)
}

/**
 * Encodes what is streamed and what is large, on its way out. Never server-sent events: a compressor holds them back until its block is
 * full. What {@link send} or the asset origin encoded passes through.
 */
export function encode(): RequestHandler {
  return compression({
    threshold: WORTH,
    filter: (req, res) =>
      !String(res.getHeader('Content-Type')).startsWith('text/event-stream') && compression.filter(req, res),
  })
}

function zstd(level: number): (body: Buffer) => Buffer {
  const options = { params: { [constants.ZSTD_c_compressionLevel]: level } }
  return (body) => zstdCompressSync(body, options)
}

function brotli(quality: number): (body: Buffer) => Buffer {
  return (body) =>
    brotliCompressSync(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    })
}

function gzip(level: number): (body: Buffer) => Buffer {
  return (body) => gzipSync(body, { level })
}
