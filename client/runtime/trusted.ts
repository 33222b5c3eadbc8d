/**
 * The page's one Trusted Types policy, named `firstframe` as the CSP allows it. Kept inside the runtime: whoever holds a policy can
 * make any text trusted. https://www.w3.org/TR/trusted-types/
 */
interface Policy {
  createHTML(text: string): string
  createScriptURL(url: string): string
}

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy }
  }
}

const rules: Policy = {
  // Only answers of the page's own origin come here, and they are parsed into a document that runs no script.
  createHTML: (text) => text,
  // Only scriptURL() asks, which has looked at it.
  createScriptURL: (url) => url,
}
const policy = globalThis.window?.trustedTypes?.createPolicy('firstframe', rules) ?? rules

/** Parses HTML of the page's own origin into a document that runs no script and fetches nothing. */
export const parseHTML = (text: string): Document =>
  new DOMParser().parseFromString(policy.createHTML(text), 'text/html')

/** Adds HTML of the page's own origin to such a document, as its bytes come. */
export const writeHTML = (to: Document, text: string): void => to.write(policy.createHTML(text))

/** @throws TypeError when the script is of another origin. */
export function scriptURL(url: string): string {
  if (new URL(url, location.href).origin === location.origin) return policy.createScriptURL(url)
  throw new TypeError(`the worker's URL "${url}" is not of ${location.origin}`)
}
