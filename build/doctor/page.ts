import { Parser } from 'htmlparser2'

/** An element of an HTML file, as far as loading goes. */
export interface Tag {
  name: string
  attributes: Record<string, string>
  /** Of scripts and styles, what stands in them. */
  text: string
  /** True where nothing that could be painted stands before it. */
  early: boolean
}

/** Shows nothing by itself. */
const UNSEEN = new Set('html head body title meta link script style base noscript template'.split(' '))

/** The elements of an HTML file in order, those of `<noscript>` and `<template>` left out: they load nothing. */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = []
  let early = true
  let idle = 0
  let open: Tag | undefined
  const parser = new Parser({
    onopentag(name, attributes) {
      if (idle > 0 || name === 'noscript' || name === 'template') {
        if (name === 'noscript' || name === 'template') idle++
        return
      }
      if (!UNSEEN.has(name)) early = false
      const tag: Tag = { name, attributes, text: '', early }
      tags.push(tag)
      open = name === 'script' || name === 'style' ? tag : undefined
    },
    ontext(text) {
      if (open) open.text += text
    },
    onclosetag(name) {
      if (name === 'noscript' || name === 'template') idle--
      if (name === open?.name) open = undefined
    },
  })
  parser.end(html)
  return tags
}

export const relOf = ({ attributes }: Tag): string[] =>
  (attributes['rel'] ?? '').toLowerCase().split(/\s+/).filter(Boolean)

/** A module's script waits for the document; so does one with `defer`. */
export const isModule = ({ name, attributes }: Tag): boolean => name === 'script' && attributes['type'] === 'module'

/** A classic script that the parser stops for. */
export function stopsParser({ name, attributes }: Tag): boolean {
  const { src, type = '', async, defer } = attributes
  const runs = /^(?:|(?:text|application)\/(?:java|ecma)script)$/i.test(type)
  return name === 'script' && src !== undefined && runs && async === undefined && defer === undefined
}

/** A stylesheet that the first paint waits for. */
export const holdsPaint = (tag: Tag): boolean =>
  tag.name === 'link' &&
  relOf(tag).includes('stylesheet') &&
  !relOf(tag).includes('alternate') &&
  tag.attributes['disabled'] === undefined &&
  /^(?:|all|screen.*|\(.*)$/i.test(tag.attributes['media'] ?? '')
