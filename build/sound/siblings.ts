import path from 'node:path'
import { inParallel } from '../parallel.ts'
import { soundFacts, type SoundFacts } from './facts.ts'

/** A WAV, and what may be sent in its place. */
export interface Wave {
  wav: string
  /** Undefined where it cannot be read; `refused` then says why. */
  facts: SoundFacts | undefined
  /** Files of the same sound that are smaller, smallest first. */
  siblings: Sibling[]
  /** Itself, or files of the same stem that are not the same sound, each with a few words that go on after its name. */
  refused: { file: string; why: string }[]
}

export interface Sibling {
  file: string
  bytes: number
  type: 'audio/mpeg' | 'audio/mp4' | 'audio/ogg'
}

/** Which bytes an ending promises, and what they are sent as. Every browser of today that takes the type decodes these codecs. */
const KINDS: Record<string, { type: Sibling['type']; container: SoundFacts['container']; codecs: string[] }> = {
  '.mp3': { type: 'audio/mpeg', container: 'mp3', codecs: ['mp3'] },
  '.m4a': { type: 'audio/mp4', container: 'mp4', codecs: ['aac'] },
  '.ogg': { type: 'audio/ogg', container: 'ogg', codecs: ['vorbis', 'opus'] },
  '.opus': { type: 'audio/ogg', container: 'ogg', codecs: ['opus'] },
}

/** An MP3 that does not tell what its encoder put before and after the sound is longer by up to this. */
const SECONDS = 0.15
const PART = 0.01

/**
 * For each `.wav`, the files beside it with the same stem that hold the same sound, as far as length and channels tell.
 * @param files paths with `/`, relative to `folder`.
 */
export async function findSiblings(files: string[], folder = '.'): Promise<Wave[]> {
  const candidates = files.filter((file) => endingOf(file) in KINDS)
  const byStem = Map.groupBy(candidates, stemOf)
  const waves = files.filter((file) => endingOf(file) === '.wav')
  return inParallel(waves, (wav) => compare(folder, wav, byStem.get(stemOf(wav)) ?? []))
}

async function compare(folder: string, wav: string, candidates: string[]): Promise<Wave> {
  const wave: Wave = { wav, facts: undefined, siblings: [], refused: [] }
  try {
    const facts = await soundFacts(path.join(folder, wav))
    if (facts.container !== 'wav') throw new Error(`its bytes are ${facts.container}`)
    wave.facts = facts
  } catch (error) {
    wave.refused.push({ file: wav, why: reason(error) })
    return wave
  }
  for (const file of candidates)
    try {
      const facts = await soundFacts(path.join(folder, file))
      wave.siblings.push({ file, bytes: facts.bytes, type: typeOf(file, facts, wave.facts) })
    } catch (error) {
      wave.refused.push({ file, why: reason(error) })
    }
  wave.siblings.sort((a, b) => a.bytes - b.bytes)
  return wave
}

/** The type to send it as. @throws Error saying why it may not stand for the WAV. */
function typeOf(file: string, other: SoundFacts, wav: SoundFacts): Sibling['type'] {
  const kind = KINDS[endingOf(file)]
  if (kind?.container !== other.container) throw new Error(`its bytes are ${other.container}`)
  if (!kind.codecs.includes(other.codec)) throw new Error('it is coded in a way that not every browser plays')
  if (other.bytes >= wav.bytes) throw new Error('it is not smaller')
  const apart = Math.abs(other.seconds - wav.seconds)
  if (apart > SECONDS && apart > wav.seconds * PART)
    throw new Error(`it lasts ${other.seconds.toFixed(2)} s, the WAV ${wav.seconds.toFixed(2)} s`)
  if (other.channels > wav.channels) throw new Error(`it has ${other.channels} channels, the WAV ${wav.channels}`)
  return kind.type
}

const endingOf = (file: string): string => path.posix.extname(file).toLowerCase()
const stemOf = (file: string): string => file.slice(0, file.length - path.posix.extname(file).length)
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
