/** A name may hold anything; what is served goes into `srcset` and CSS, where spaces and commas part entries. */
export const urlSafe = (name: string): string => name.replaceAll(/[^\w./-]+/g, '_')
