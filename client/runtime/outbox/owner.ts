/** The part of the page that says whose it is, as in `<header id="hud" data-owner="7f3a">`; undefined where pages do not say. */
export const whoseIs = (): HTMLElement | undefined =>
  document.querySelector<HTMLElement>('[data-owner][id]') ?? undefined
