import type { MergeLabels } from '../merge-lines.js'
import { renderBody, renderEntry } from './document.js'
import type { Entry } from './document.js'
import type { Clash, ClashContext } from './merge-document.js'

/** Writes a clash between markers, each side as whole lines; undefined where the text has no lines to put them on. */
export function markClash(clash: Clash, labels: MergeLabels, context: ClashContext & { readonly separator: ',' | '' }): Entry | undefined {
  const sample = renderEntry(clash.ours ?? clash.theirs ?? MISSING, context.separator)
  const lineEnd = sample.includes('\r\n') ? '\r\n' : '\n'
  const text = context.separator === '' ? markLines(clash, labels, lineEnd) : markInline(clash, labels, { ...context, lineEnd })
  if (text === undefined) return undefined
  return { key: clash.key, lead: '', head: text, value: { is: 'leaf', text: '', meaning: '' }, tail: '', conflict: true }
}

const MISSING: Entry = { key: '', lead: '', head: '', value: { is: 'leaf', text: '', meaning: '' }, tail: '' }

/** For formats in which an entry is a number of whole lines. */
function markLines({ ours, theirs }: Clash, labels: MergeLabels, lineEnd: string): string {
  const sharedLead = ours !== undefined && ours.lead === theirs?.lead ? ours.lead : ''
  const side = (entry: Entry | undefined): string => (entry === undefined ? '' : renderEntry(entry, '').slice(sharedLead.length))
  return [
    `${sharedLead}<<<<<<< ${labels.ours}${lineEnd}`, side(ours), `=======${lineEnd}`, side(theirs), `>>>>>>> ${labels.theirs}${lineEnd}`,
  ].join('')
}

/** For JSON: only where the entry has its lines to itself. */
function markInline({ ours, theirs }: Clash, labels: MergeLabels, context: ClashContext & { readonly lineEnd: string }): string | undefined {
  const { lineEnd, isLast, after } = context
  const lead = (ours ?? theirs)?.lead ?? ''
  if (!lead.includes('\n') || !/^[ \t]*\r?\n/.test(after)) return undefined
  const indent = lead.slice(lead.lastIndexOf('\n') + 1)
  const comma = isLast ? '' : ','
  const side = (entry: Entry | undefined): string => (entry === undefined ? '' : `${indent}${renderBody(entry, ',')}${comma}${lineEnd}`)
  return [
    `${lead.slice(0, lead.length - indent.length)}<<<<<<< ${labels.ours}${lineEnd}`, side(ours), `=======${lineEnd}`, side(theirs), `>>>>>>> ${labels.theirs}`,
  ].join('')
}
