import { LATE } from '../../server/wire/fragment.ts'
import { type Answer, collect } from './answer.ts'
import { writeHTML } from './trusted.ts'

/**
 * Reads an answer whose parts come as they are ready, and hands over each batch that is whole, one after the other. Other answers
 * are read to their end. Resolves to the text; rejects when the answer is cut, and then the part that was cut is never handed over.
 *
 * @param show puts the parts in place. A batch that comes meanwhile waits.
 */
export async function readStream(
  response: Response,
  names: readonly string[],
  show: (answer: Answer) => Promise<void>,
): Promise<string> {
  if (!response.ok || !response.body || !response.headers.has(LATE)) return response.text()
  // A document without a window parses as the bytes come, runs nothing and fetches nothing.
  const from = document.implementation.createHTMLDocument()
  const shown = new Set<Element>()
  let text = ''
  // By hand: Safari's streams are not async iterable.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    text += value
    writeHTML(from, value)
    // Only what something stands behind has been read to its end.
    const whole = Array.from(from.body?.children ?? []).filter((part) => part.nextSibling && !shown.has(part))
    if (whole.length === 0) continue
    for (const part of whole) shown.add(part)
    const answer = collect(from, names, (part) => part)
    for (const [name, part] of answer.parts) if (!whole.includes(part)) answer.parts.delete(name)
    await show(answer)
  }
}
