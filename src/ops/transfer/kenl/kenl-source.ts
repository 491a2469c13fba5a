/** KENL's logs, files and tables as `import kenl` reads them: implemented by `capture/kenl`. docs/spec/import-kenl.md says what becomes of what. */
import type { CborValue } from '../../../codec/cbor.js'
import type { AtomId } from '../../../object/atom-id.js'
import type { Tokens } from '../../../object/body.js'

/** Where something stands in the source. */
export interface KenlPlace {
  /** As it was named, or below the folder that was. */
  readonly file: string
  /** From 1; absent where the whole file is meant. Of a table: the row. */
  readonly line?: number
}

export interface KenlRecord extends KenlPlace {
  readonly is: 'record'
  readonly atomId: AtomId
  /** As the source writes it: what its `influenced_by` call each other. */
  readonly tag: string
  /** Absent: by type. */
  readonly operation?: string | undefined
  readonly agent: string
  readonly timeMs: number
  readonly title: string
  readonly reason?: string | undefined
  readonly project?: string | undefined
  readonly metadata: { readonly [key: string]: CborValue }
  readonly tokens?: Tokens | undefined
  readonly contextSyncRef?: string | undefined
  /** Tags as written. */
  readonly influencedBy: readonly string[]
  /** What it was made of: the bytes of its lines. */
  readonly raw: Uint8Array
  readonly signature: SignatureResult
  /** Digests that may be the object of the ATOM that this was written from. */
  readonly objects?: readonly string[]
  /** What is strange about it; it is taken all the same. */
  readonly odd: readonly string[]
}

/** What became of a legacy signature: made again by every known rule. */
export type SignatureResult = 'match' | 'mismatch' | 'absent'

/** Something that cannot be an ATOM. */
export interface KenlRefusal extends KenlPlace {
  readonly is: 'refused'
  readonly reason: string
  /** How it begins. */
  readonly text?: string
  /** Its bytes as they stand, after those of the parts before it; of a line without its line feed. Absent where it could not be read. */
  readonly raw?: Uint8Array
}

/** Bytes of the refusal that follows, which is too large to be held. */
export interface KenlPart {
  readonly is: 'part'
  readonly bytes: Uint8Array
}

/** Something that is no ATOM and was not meant to be one: a counter, a comment, another kind of file. */
export interface KenlAside extends KenlPlace {
  readonly is: 'aside'
  readonly what: 'counter' | 'comment' | 'other file'
  readonly value: string
}

export type KenlItem = KenlRecord | KenlRefusal | KenlPart | KenlAside

export interface KenlWish {
  /** As typed: files and folders, in this order. */
  readonly paths: readonly string[]
  /** The zone of times that name none. */
  readonly timeZone: string
}

/** Reads a source from its first line to its last. Throws `SOURCE_UNREADABLE` for a path that is not there, `INPUT_INVALID` for a zone that is none. */
export type OpenKenl = (wish: KenlWish) => AsyncIterable<KenlItem>
