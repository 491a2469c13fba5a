/** Lines that `atom export kenl --format F1` wrote: they say so where KENL's `atom` names its host, and escape what the format cannot hold. */
import { isAtomId, parseAtomId } from '../../object/atom-id.js'
import { unescapeLine, WRITTEN_HERE } from '../../ops/transfer/kenl/kenl-form.js'
import type { RecordParts } from './make-record.js'

const BESIDE = /^(\S+) ([0-9a-f]{64})(?: (.*))?$/s

/** Returns what such lines say beside their tag, or undefined where another program wrote them. Their time is UTC. */
export function getWrittenHere({ text, context }: { readonly text: string; readonly context: string }): Pick<RecordParts, 'text' | 'agent' | 'atomId' | 'fields'> | undefined {
  const at = context.indexOf(WRITTEN_HERE)
  const [, id = '', object, place] = BESIDE.exec(at === -1 ? '' : context.slice(at + WRITTEN_HERE.length)) ?? []
  if (!isAtomId(id)) return undefined
  return { text: unescapeLine(text), agent: unescapeLine(context.slice(0, at)), atomId: parseAtomId(id), fields: { object, context: place === undefined ? undefined : unescapeLine(place) } }
}
