/** What a glTF model is made of, as far as its bytes go. */
export interface Model {
  extensions: string[]
  /** Bytes of pictures inside the file, by their type. */
  pictures: { type: string; bytes: number }[]
  meshes: number
}

interface Gltf {
  extensionsUsed?: string[]
  images?: { mimeType?: string; bufferView?: number }[]
  bufferViews?: { byteLength?: number }[]
  meshes?: unknown[]
}

const MAGIC = 'glTF'
const JSON_CHUNK = 'JSON'

/**
 * Reads the JSON of a `.glb` or `.gltf`; undefined where it is neither.
 * @see https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#glb-file-format-specification
 */
export function readModel(bytes: Buffer): Model | undefined {
  let text: string
  if (bytes.toString('latin1', 0, 4) === MAGIC) {
    if (bytes.length < 20 || bytes.toString('latin1', 16, 20) !== JSON_CHUNK) return undefined
    text = bytes.toString('utf8', 20, 20 + bytes.readUInt32LE(12))
  } else text = bytes.toString('utf8')
  let gltf: Gltf | null
  try {
    gltf = JSON.parse(text) as Gltf | null
  } catch {
    return undefined
  }
  if (gltf === null || typeof gltf !== 'object') return undefined
  const { extensionsUsed = [], images = [], bufferViews = [], meshes = [] } = gltf
  return {
    extensions: extensionsUsed,
    meshes: meshes.length,
    pictures: images.flatMap(({ mimeType, bufferView }) =>
      bufferView === undefined
        ? []
        : [{ type: mimeType ?? 'image/unknown', bytes: bufferViews[bufferView]?.byteLength ?? 0 }],
    ),
  }
}
