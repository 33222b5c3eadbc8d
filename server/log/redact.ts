/** Names of parameters whose values are nobody's business. */
const SECRET = 'token|secret|passw(?:or)?d|pwd|auth|session|signature|sig|code|key|cookie'

const IN_QUERY = new RegExp(String.raw`([?&][\w.-]*(?:${SECRET})[\w.-]*=)[^&#\s]*`, 'gi')
/** `postgres://ann:hunter2@db` */
const IN_URL = /(\w+:\/\/[^\s:/?#@]*):[^\s@]*@/g
/** https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2 and headers as people paste them into messages. */
const IN_HEADER = /\b((?:set-)?cookie|authorization|x-inspect-token)(["']?\s*[:=]\s*)[^\r\n]*/gi
/** Ours: `v1.USER.ISSUED.SIGNATURE`. */
const SESSION = /\bv1\.[\w-]{1,64}\.[\da-z]+\.[\w-]{20,}/g

/** The text with `…` where it has passwords, tokens, sessions or cookies: in URLs, and in what a library's error quotes. */
export function redact(text: string): string {
  return text.replace(IN_QUERY, '$1…').replace(IN_URL, '$1:…@').replace(IN_HEADER, '$1$2…').replace(SESSION, 'v1.…')
}
