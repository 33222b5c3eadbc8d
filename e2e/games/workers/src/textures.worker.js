// As Pixi 8 loads its textures: nothing of the page's is ever asked.
self.addEventListener('message', ({ data: { id, url } }) => {
  load(url).then(
    (bitmap) => self.postMessage({ id, bitmap }, [bitmap]),
    (error) => self.postMessage({ id, error: String(error) }, []),
  )
})

async function load(url) {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
  return createImageBitmap(await answer.blob())
}
