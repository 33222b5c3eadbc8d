import { type RequestHandler } from 'express'
import { send } from '../../middleware/encode.ts'

/** Path of the script by which a page shows what is new every five seconds: `document`'s `script`. */
export const REFRESH = '/__timing__/refresh.js'

/**
 * Asks for the page again and puts its new `main` in place of the old one, so that the place scrolled to stays; not while nobody looks, and not under somebody who reads a
 * selection or walks by keyboard. A document from XMLHttpRequest needs no Trusted Type: nothing in it runs.
 */
const SCRIPT = `setInterval(() => {
  if (document.hidden || getSelection().type === 'Range' || document.querySelector('main :focus')) return
  const asked = new XMLHttpRequest()
  asked.open('GET', location.href)
  asked.responseType = 'document'
  asked.onload = () => {
    const main = asked.status === 200 && asked.response?.querySelector('main')
    if (main) document.querySelector('main').replaceWith(document.adoptNode(main))
  }
  asked.send()
}, 5000)
`

/** Answers {@link REFRESH}. */
export const refreshScript: RequestHandler = (req, res) => {
  req.timing.controller = 'inspect'
  res.setHeader('Cache-Control', 'no-cache')
  send(req, res, SCRIPT, 'text/javascript; charset=utf-8')
}
