/** What a sound file is, by its bytes, whatever its name. */
export interface SoundFacts {
  container: 'wav' | 'mp3' | 'mp4' | 'ogg'
  codec: 'pcm' | 'mp3' | 'aac' | 'vorbis' | 'opus' | 'other'
  bytes: number
  /** As it plays: without what an encoder put before and after, where the file tells. */
  seconds: number
  /** Samples a second. */
  rate: number
  channels: number
}
