/** Samples a second: enough for a tune. */
const RATE = 22_050
const SECONDS = 4
/** Semitones over A3. */
const TUNE = [0, 3, 7, 12, 10, 7, 3, 5]

/** A small tune on a plucked string, as a WAV: one channel, 16 bits. `theme.mp3` beside this file is the same sound. */
export function theme(): Buffer {
  const samples = Int16Array.from({ length: RATE * SECONDS }, (_, at) => Math.round(pluck(at / RATE) * 12_000))
  const data = Buffer.from(samples.buffer)
  const header = Buffer.alloc(44)
  header.write('RIFF    WAVEfmt ', 'latin1')
  header.writeUInt32LE(36 + data.length, 4)
  header.writeUInt32LE(16, 16)
  // PCM, one channel.
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(RATE * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}

function pluck(time: number): number {
  const beat = SECONDS / TUNE.length
  const since = time % beat
  const pitch = 220 * 2 ** ((TUNE[Math.floor(time / beat)] ?? 0) / 12)
  const tone = [1, 2, 3].reduce((sum, part) => sum + Math.sin(2 * Math.PI * pitch * part * since) / part ** 2, 0)
  return tone * Math.exp(-since * 5) * Math.min(1, since * 200)
}
