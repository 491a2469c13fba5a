/**
 * Merges two descendants of a settings file key by key, on ours' text.
 *
 * Guarantees that whatever neither side touched stays as ours has it, byte for byte: order, comments, spelling; that a key
 * or comment changed on one side is as on that side; and that a key changed differently on both sides, or changed here and
 * removed there, is a clash. Refuses (undefined) what it cannot place: a comment at the file's edges changed on both sides.
 */
import type { Entry, Leaf, ReadDocument, Section, StructuredFormat } from './document.js'
import { EMPTY_SECTION, renderBody, renderEntry, renderSection } from './document.js'
import { pickText } from './pick-text.js'

/** A key on which the sides do not agree; the sides that have it are set. */
export interface Clash {
  readonly is: 'clash'
  readonly key: string
  readonly path: readonly string[]
  readonly ours: Entry | undefined
  readonly theirs: Entry | undefined
}

/** A merged section whose clashes are still open. */
export interface OpenSection {
  readonly open: string
  readonly items: readonly OpenItem[]
  readonly close: string
}

export type OpenItem =
  | { readonly is: 'entry'; readonly key: string; readonly entry: Entry }
  | { readonly is: 'nested'; readonly key: string; readonly entry: Entry; readonly section: OpenSection }
  | Clash

export interface DocumentSides {
  readonly base: ReadDocument | undefined
  readonly ours: ReadDocument
  readonly theirs: ReadDocument
}

interface SectionSides {
  readonly base: Section
  readonly ours: Section
  readonly theirs: Section
}

interface Place {
  readonly format: StructuredFormat
  readonly path: readonly string[]
}

export function mergeDocument({ base, ours, theirs }: DocumentSides, format: StructuredFormat): OpenSection | undefined {
  return mergeSections({ base: base?.root ?? EMPTY_SECTION, ours: ours.root, theirs: theirs.root }, { format, path: [] })
}

function mergeSections(sides: SectionSides, place: Place): OpenSection | undefined {
  const open = pickText(sides.base.open, sides.ours.open, sides.theirs.open)
  const close = pickText(sides.base.close, sides.ours.close, sides.theirs.close)
  if (open === undefined || close === undefined) return undefined
  const [base, ours, theirs] = [byKey(sides.base), byKey(sides.ours), byKey(sides.theirs)]
  const items: OpenItem[] = []
  for (const entry of sides.ours.entries) {
    const item = mergeEntry({ base: base.get(entry.key), ours: entry, theirs: theirs.get(entry.key) }, place)
    if (item !== undefined) items.push(item)
  }
  for (const [index, entry] of sides.theirs.entries.entries()) {
    if (ours.has(entry.key)) continue
    const was = base.get(entry.key)
    if (was !== undefined && isSameEntry(was, entry, place)) continue
    const item = was === undefined ? adopt(entry, sides, place) : clash({ ours: undefined, theirs: entry }, place)
    if (item === undefined) return undefined
    items.splice(findPlace({ items, index, item }, sides), 0, item)
  }
  return { open, items, close }
}

interface EntrySides {
  readonly base: Entry | undefined
  readonly ours: Entry
  readonly theirs: Entry | undefined
}

/** Returns undefined for an entry that theirs removed. */
function mergeEntry({ base, ours, theirs }: EntrySides, place: Place): OpenItem | undefined {
  if (theirs === undefined) {
    if (base === undefined) return { is: 'entry', key: ours.key, entry: ours }
    return isSameEntry(base, ours, place) ? undefined : clash({ ours, theirs }, place)
  }
  const entry = mergeAround({ base, ours, theirs })
  if (entry === undefined) return clash({ ours, theirs }, place)
  if (ours.value.is === 'section' && theirs.value.is === 'section' && base?.value.is !== 'leaf') {
    const sides = { base: base?.value ?? EMPTY_SECTION, ours: ours.value, theirs: theirs.value }
    const section = mergeSections(sides, { ...place, path: [...place.path, ours.key] })
    return section === undefined ? clash({ ours, theirs }, place) : { is: 'nested', key: ours.key, entry, section }
  }
  const value = pickValue({ base: base?.value, ours: ours.value, theirs: theirs.value }, place)
  return value === undefined ? clash({ ours, theirs }, place) : { is: 'entry', key: ours.key, entry: { ...entry, value } }
}

/** Merges what stands around a value: comments, the key as written, the end of the line. */
function mergeAround({ base, ours, theirs }: { readonly base: Entry | undefined; readonly ours: Entry; readonly theirs: Entry }): Entry | undefined {
  const lead = pickText(base?.lead, ours.lead, theirs.lead)
  const head = pickText(base?.head, ours.head, theirs.head)
  const tail = pickText(base?.tail, ours.tail, theirs.tail)
  return lead === undefined || head === undefined || tail === undefined ? undefined : { ...ours, lead, head, tail }
}

type Value = Leaf | Section

/** Prefers ours' spelling where the values agree. */
function pickValue(sides: { base: Value | undefined; ours: Value; theirs: Value }, { format }: Place): Value | undefined {
  const text = (value: Value | undefined): string | undefined => (value?.is === 'section' ? renderSection(value, format.separator) : value?.text)
  const meaning = (value: Value | undefined): string | undefined => (value?.is === 'leaf' ? value.meaning : text(value))
  for (const reading of [text, meaning]) {
    const [base, ours, theirs] = [reading(sides.base), reading(sides.ours), reading(sides.theirs)]
    if (ours === theirs || base === theirs) return sides.ours
    if (base === ours) return sides.theirs
  }
  return undefined
}

function clash({ ours, theirs }: Pick<Clash, 'ours' | 'theirs'>, place: Place): Clash {
  const key = (ours ?? theirs)?.key ?? ''
  return { is: 'clash', key, path: [...place.path, key], ours, theirs }
}

function adopt(entry: Entry, sides: SectionSides, { format, path }: Place): OpenItem | undefined {
  const ours = byKey(sides.ours)
  const shared = sides.theirs.entries.find((other) => other.value.is === entry.value.is && ours.get(other.key)?.value.is === entry.value.is)
    ?? sides.theirs.entries.find((other) => ours.has(other.key))
  const sibling = shared === undefined ? sides.ours.entries[0] : ours.get(shared.key)
  const theirSibling = shared ?? sides.theirs.entries.find((other) => other !== entry)
  const adopted = format.adopt(entry, { sibling, theirSibling, depth: path.length + 1 })
  return adopted === undefined ? undefined : { is: 'entry', key: entry.key, entry: adopted }
}

interface Insertion {
  readonly items: readonly OpenItem[]
  /** Where the entry stands in theirs. */
  readonly index: number
  readonly item: OpenItem
}

/** Finds the place behind the key that precedes it in theirs, and behind what ours added there; else before the next one. */
function findPlace({ items, index, item }: Insertion, { base, theirs }: SectionSides): number {
  const at = new Map(items.map((other, position) => [other.key, position]))
  for (let before = index - 1; before >= 0; before--) {
    const position = at.get(theirs.entries[before]?.key ?? '')
    if (position === undefined) continue
    const known = new Set([...base.entries, ...theirs.entries].map((entry) => entry.key))
    let place = position + 1
    while (place < items.length && !known.has(items[place]?.key ?? '')) place++
    return place
  }
  for (const { key } of theirs.entries.slice(index + 1)) {
    const position = at.get(key)
    if (position !== undefined) return position
  }
  const firstSection = items.findIndex(isSectionItem)
  return firstSection === -1 || isSectionItem(item) ? items.length : firstSection
}

function isSectionItem(item: OpenItem): boolean {
  return item.is === 'clash' ? (item.ours ?? item.theirs)?.value.is === 'section' : item.entry.value.is === 'section'
}

function isSameEntry(left: Entry, right: Entry, { format }: Place): boolean {
  return left.lead.trim() === right.lead.trim() && renderBody(left, format.separator).trim() === renderBody(right, format.separator).trim()
}

function byKey({ entries }: Section): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.key, entry]))
}

/** Returns every clash, in the order of the text. */
export function listClashes({ items }: OpenSection): Clash[] {
  return items.flatMap((item) => (item.is === 'clash' ? [item] : item.is === 'nested' ? listClashes(item.section) : []))
}

/** Returns the section with each clash replaced by what `settle` makes of it; undefined when it can make nothing of one. */
export function settleClashes(section: OpenSection, settle: (clash: Clash, context: ClashContext) => Entry | undefined): Section | undefined {
  const entries: Entry[] = []
  for (const [index, item] of section.items.entries()) {
    const next = section.items[index + 1]
    const after = next === undefined ? section.close : leadOf(next)
    const nested = item.is === 'nested' ? settleClashes(item.section, settle) : undefined
    const entry = item.is === 'clash' ? settle(item, { after, isLast: next === undefined })
      : item.is === 'entry' ? item.entry
        : nested === undefined ? undefined : { ...item.entry, value: nested }
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  return { is: 'section', open: section.open, entries, close: section.close }
}

/** What stands behind a clash. */
export interface ClashContext {
  readonly after: string
  readonly isLast: boolean
}

function leadOf(item: OpenItem): string {
  if (item.is !== 'clash') return item.entry.lead
  const entry = item.ours ?? item.theirs
  return entry === undefined ? '' : renderEntry(entry, '')
}
