import type { Router } from 'express'
import { html } from '../../middleware/html.ts'
import { headLinks } from '../layout.ts'
import { isOnlooker } from '../onlooker.ts'
import type { World } from './place.ts'

/** A friend's link: a newcomer becomes a guest in the friend's band and stands in the village; everybody else is simply home. */
export function openInvite(router: Router, { store, guests, assets, sendPage }: World): void {
  router.get('/i/:code', async (req, res) => {
    req.timing.controller = 'invite'
    if (isOnlooker(req)) {
      sendPage(req, res, {
        title: 'Come to Emberwood',
        description: 'A friend calls you to a village at the edge of a dark forest.',
        place: 'error',
        styles: ['game/styles/frame.css', 'game/styles/place.css'],
        rest: [],
        script: 'game/main.ts',
        head: headLinks(assets()),
        fragments: {},
        body: () => html`<main id="main"><h1>Come to Emberwood</h1><p><a href="/">To the village</a></p></main>`,
      })
      return
    }
    await guests.arrive(req, store.session(req.timing), req.params.code)
    res.redirect(303, '/')
  })
}
