import type { Answer, Instead } from '../../server/wire/manifest.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { fileOf, others } from './shapes.ts'
import type { Done } from './shrinkAll.ts'
import { answerSounds } from './sounds.ts'

/** What may be sent for the names of the public folder; pictures that play cannot ask for are left out: nobody has looked into them. */
export async function collectAnswers(
  state: State,
  site: Site,
  pictures: Done[],
  unseen: ReadonlySet<string>,
): Promise<Record<string, Answer>> {
  const byFile = new Map(pictures.filter(({ reach }) => reach !== 'graph').map((done) => [done.file, done]))
  const answers: Record<string, Answer> = {}
  for (const [file, { source, bytes }] of state.publicFiles) {
    if (!site.has(file) || unseen.has(file)) continue
    const done = byFile.get(file)
    const original = done?.picture.original
    answers[file] = {
      hash: original?.hash ?? (await state.known.nameHash(source)),
      bytes: original?.bytes ?? bytes,
      instead: done ? instead(state, done) : [],
    }
  }
  for (const [wav, instead] of await answerSounds(state, site)) {
    const answer = answers[wav]
    if (answer) answer.instead = instead
  }
  return answers
}

const instead = (state: State, done: Done): Instead[] =>
  others(done).map((shape) => ({ file: fileOf(state, done, shape), bytes: shape.bytes, type: shape.type }))
