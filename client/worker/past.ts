/** https://developer.mozilla.org/docs/Web/API/InstallEvent/addRoutes, Chromium from 123 on. */
interface Router {
  addRoutes?(rule: { condition: { urlPattern?: string; requestMethod: string }; source: 'network' }): Promise<void>
}

/**
 * Has the browser send POSTs past the worker. What a worker may answer takes its way through the page's own process even where nothing answers it, and that process ends with the page: of the beacons of pages that were left about
 * one in five was lost (Chromium 156). Elsewhere they take that way.
 *
 * @param paths which, as a URL pattern; default all.
 */
export function sendPast(event: ExtendableEvent & Router, paths?: string): void {
  const condition = { requestMethod: 'POST', ...(paths !== undefined && { urlPattern: paths }) }
  // Rules that a browser does not know are no reason not to install.
  event.addRoutes?.({ condition, source: 'network' }).catch(() => {})
}
