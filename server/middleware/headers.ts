import type { RequestHandler, Response } from 'express'
import { hash } from 'node:crypto'

const POLICY = 'Content-Security-Policy'
const INLINE = "'unsafe-inline'"

export interface HeadersOptions {
  /** Where assets come from when not from here: `https://cdn.example`. Default `''`. */
  assetBase?: string
  /** True under Vite: its client opens a web socket, writes markup and inline styles. Default false. */
  development?: boolean
}

/**
 * Tells browsers what pages of this site may do: a Content-Security-Policy without any `unsafe-…`, Trusted Types, and the usual
 * headers. `Strict-Transport-Security` is sent over https alone, where browsers heed it.
 *
 * @see https://www.w3.org/TR/CSP3/ https://www.w3.org/TR/trusted-types/ https://owasp.org/www-project-secure-headers/
 */
export function headers({ assetBase = '', development = false }: HeadersOptions = {}): RequestHandler {
  const here = assetBase.startsWith('http') ? `'self' ${new URL(assetBase).origin}` : "'self'"
  const policy = [
    "default-src 'none'",
    `script-src ${here}`,
    `style-src ${here}${development ? ' ' + INLINE : ''}`,
    `img-src ${here} data:`,
    `font-src ${here}`,
    `connect-src ${here}${development ? ' ws:' : ''}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(development ? [] : ["require-trusted-types-for 'script'", 'trusted-types firstframe']),
  ].join('; ')

  const always = new Map([
    [POLICY, policy],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
  ])

  return function headers(req, res, next) {
    res.setHeaders(always)
    if (req.secure) res.setHeader('Strict-Transport-Security', 'max-age=31536000')
    next()
  }
}

/** Lets this answer's inline `<style>`s and `<script>`s through the policy, by the hashes of their texts; nothing else that is inline passes. */
export function allowInline(
  res: Response,
  { styles = [], scripts = [] }: { styles?: readonly string[]; scripts?: readonly string[] },
): void {
  const before = res.getHeader(POLICY)
  if (typeof before !== 'string') return
  let policy = before
  if (scripts.length > 0) policy = policy.replace('script-src', `script-src ${scripts.map(hashOf).join(' ')}`)
  // Next to a hash, browsers ignore 'unsafe-inline', which development needs.
  if (styles.length > 0 && !policy.includes(INLINE))
    policy = policy.replace('style-src', `style-src ${styles.map(hashOf).join(' ')}`)
  if (policy !== before) res.setHeader(POLICY, policy)
}

/** Critical styles are the same on every page: each is hashed once. The bound is for rules that follow a page's pictures. */
const hashes = new Map<string, string>()

function hashOf(text: string): string {
  let source = hashes.get(text)
  if (source === undefined) {
    if (hashes.size >= 500) hashes.clear()
    hashes.set(text, (source = `'sha256-${hash('sha256', text, 'base64')}'`))
  }
  return source
}
