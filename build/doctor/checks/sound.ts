import { savedByCoding } from '../../sound/facts.ts'
import { findSiblings } from '../../sound/siblings.ts'
import type { Finding } from '../finding.ts'
import { LINE, msOfBytes, msOfRequests, msOfTrips } from '../line.ts'
import { namesOf, placeOf, wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

const SOUNDS = new Set(['mp3', 'ogg', 'oga', 'opus', 'm4a', 'aac', 'wav', 'flac', 'webm', 'weba'])

const SMALL = 60_000
const MANY = 12
const WORTH = 10_000

/** Sound as samples. */
export async function waves(subject: Subject): Promise<Finding[]> {
  const { folder, reached } = subject
  const names = [...folder.files.keys()]
  const heard = new Map(reached.map((file) => [file.name, file]))
  const own = (await findSiblings(names, folder.root)).flatMap(({ wav, facts, siblings: [twin] }) => {
    const file = heard.get(wav)
    if (!file || !facts) return []
    const bytes = twin ? file.sent - twin.bytes : savedByCoding(facts) - (file.bytes - file.sent)
    return bytes > WORTH ? [{ file, bytes, twin: twin?.file }] : []
  })
  const files = own.map(({ file }) => file)
  const before = sum(files, ({ sent }) => sent)
  const bytes = sum(own, (wave) => wave.bytes)
  if (files.length === 0) return []
  const twins = own.flatMap(({ twin }) => twin?.slice(twin.lastIndexOf('/') + 1) ?? [])
  const beside = twins.length > 0 ? ` (there already: ${someOf(twins)})` : ''
  return [
    {
      id: 'sound-wav',
      where: placeOf(files),
      bytes,
      ms: msOfBytes(bytes),
      what: `${count(files.length, 'WAV')} of ${bytesText(before)} would be about ${bytesText(before - bytes)} as MP3${beside}: ${someOf(namesOf(files))}.`,
      todo:
        twins.length > 0
          ? wayOut(
              subject,
              'it answers a WAV with the sibling of the same sound',
              'Convert the others (ffmpeg -i a.wav -q:a 4 a.mp3): a sibling of the same name is sent in their place.',
            )
          : 'Convert them (ffmpeg -i a.wav -q:a 4 a.mp3) and put each beside its WAV: firstframe() sends it in the WAV’s place, without a change to the game.',
    },
  ]
}

/** Effects in a file each: a request each. */
export function manySounds({ reached }: Subject): Finding[] {
  const small = reached.filter(({ suffix, bytes }) => SOUNDS.has(suffix) && bytes <= SMALL)
  return [...Map.groupBy(small, ({ name }) => name.slice(0, name.lastIndexOf('/') + 1))]
    .filter(([, files]) => files.length >= MANY)
    .map(([folder, files]) => ({
      id: 'sound-many',
      where: folder || '.',
      bytes: 0,
      ms: msOfRequests(files.length) - msOfTrips(1),
      what: `${files.length} sounds of ${bytesText(sum(files, ({ bytes }) => bytes))} together, a request each, wait ${count(Math.ceil(files.length / LINE.connections), 'round trip')}.`,
      todo: 'Join effects that are played at any time into one file (an audio sprite: "audiosprite", Howler’s sprite, Phaser’s audioSprite).',
    }))
}
