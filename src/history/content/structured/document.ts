/**
 * A settings file as a tree of keys that still holds every byte of its text.
 *
 * Guarantees that `renderDocument(parse(text))` is the text again; so a merge can edit keys and keep what stands around
 * them. What cannot be cut this way has no document: its format's `read` returns undefined, and lines are merged instead.
 */

/** A value that is merged as a whole. */
export interface Leaf {
  readonly is: 'leaf'
  readonly text: string
  /** Equal exactly when the values are, whatever the spelling; never equal for different values. */
  readonly meaning: string
}

/** A map: `open`, the entries in order, `close`. */
export interface Section {
  readonly is: 'section'
  readonly open: string
  readonly entries: readonly Entry[]
  readonly close: string
}

/**
 * A key with its value. Its text is `lead` (blank lines, comments, indentation before it), `head` (the key), the value,
 * `tail` (what follows up to the separator: a comment, the line end).
 */
export interface Entry {
  readonly key: string
  readonly lead: string
  readonly head: string
  readonly value: Leaf | Section
  readonly tail: string
  /** Set on an entry that stands for a conflict: its text has markers and brings its own separator. */
  readonly conflict?: true
}

/** A text that was understood: how it is written, and what it says (by a reader of its own where there is one). */
export interface ReadDocument {
  readonly root: Section
  readonly value: unknown
}

/** What one kind of settings file needs of its own. */
export interface StructuredFormat {
  readonly name: 'env' | 'ini' | 'json' | 'toml' | 'yaml'
  /** What stands between two entries: a comma, or nothing where lines separate. */
  readonly separator: ',' | ''
  /** Returns undefined when the text is not of this format, has a key twice, or cannot be cut into keys. */
  read(text: string): Promise<ReadDocument | undefined>
  /** Returns an entry of theirs as it has to be written among ours; undefined when it cannot be moved. */
  adopt(entry: Entry, context: AdoptContext): Entry | undefined
}

export interface AdoptContext {
  /** An entry of ours in the same section, where there is one. */
  readonly sibling: Entry | undefined
  /** An entry of theirs that both have in that section, or any of theirs. */
  readonly theirSibling: Entry | undefined
  /** 1 for an entry of the root. */
  readonly depth: number
}

export function renderEntry(entry: Entry, separator: string): string {
  return entry.lead + renderBody(entry, separator)
}

/** The entry without its lead. */
export function renderBody({ head, value, tail }: Entry, separator: string): string {
  return head + (value.is === 'leaf' ? value.text : renderSection(value, separator)) + tail
}

export function renderSection({ open, entries, close }: Section, separator: string): string {
  const texts = entries.map((entry, index) => {
    const isLast = index === entries.length - 1
    return renderEntry(entry, separator) + (isLast || entry.conflict === true ? '' : separator)
  })
  return open + texts.join('') + close
}

export const EMPTY_SECTION: Section = { is: 'section', open: '', entries: [], close: '' }

/** Tells whether two entries of one section share a key. */
export function hasRepeatedKey({ entries }: Section): boolean {
  return new Set(entries.map((entry) => entry.key)).size !== entries.length
}
