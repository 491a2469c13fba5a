/** Lines that `atom export kenl --format F1` wrote: they say so where KENL's `atom` names its host, and escape what the format cannot hold. */
import { isAtomId, parseAtomId } from '../../object/atom-id.js'
import { unescapeLine, WRITTEN_HERE } from '../../ops/transfer/kenl-form.js'
import type { RecordParts } from './make-record.js'

/** Returns what such a line says beside its tag, or undefined where another program wrote it. */
export function getWrittenHere({ text, context }: { readonly text: string; readonly context: string }): Pick<RecordParts, 'text' | 'agent' | 'atomId' | 'fields'> | undefined {
  const at = context.lastIndexOf(WRITTEN_HERE)
  const id = context.slice(at + WRITTEN_HERE.length)
  if (at === -1 || !isAtomId(id)) return undefined
  return { text: unescapeLine(text), agent: unescapeLine(context.slice(0, at)), atomId: parseAtomId(id), fields: {} }
}
