import { toPlainMap } from '../plain-value.js'
import type { Section } from './document.js'

/** Returns what a document says, read from its tree: maps of the meanings; a list stands as a list of one text. */
export function sectionValue({ entries }: Section): unknown {
  return toPlainMap(entries.map(({ key, value }) => {
    if (value.is === 'section') return [key, sectionValue(value)] as const
    return [key, value.meaning.startsWith('[') ? [value.meaning] : value.meaning] as const
  }))
}
