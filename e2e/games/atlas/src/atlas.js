/** An atlas by its description: frames by name, and the sheet that it names. */
export async function loadAtlas(url) {
  const { frames, meta } = await (await fetch(url)).json()
  const sheet = await loadImage(new URL(meta.image, new URL(url, location.href)).href)
  return {
    names: Object.keys(frames),
    draw(stage, name, x, y, size) {
      const { x: left, y: top, w, h } = frames[name].frame
      stage.drawImage(sheet, left, top, w, h, x, y, size, size)
    },
  }
}

export async function loadImage(url) {
  const image = new Image()
  image.src = url
  await image.decode()
  return image
}
