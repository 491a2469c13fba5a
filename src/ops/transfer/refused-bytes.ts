/**
 * What an import cannot take, kept as it stands: ATOMs of the type REFUSED, whose evidence is the bytes, a content for each line or file. docs/spec/refused.md says how.
 *
 * Guarantees: the ids come from the source alone; what is there is not made again, and what was forgotten of it does not come back. Memory holds one ATOM's pieces, and of a larger one 64 MiB.
 */
import { sha256Hex } from '../../codec/hash.js'
import { toDisplayText, utf8 } from '../../base/bytes.js'
import type { CborValue } from '../../codec/cbor.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { dayOf, parseAtomId, type AtomId } from '../../object/atom-id.js'
import type { Evidence } from '../../object/body.js'
import { sealBody } from '../../store/body.js'
import { createContentBuilder, type ContentBuilder } from '../../store/content.js'
import type { SealedObject } from '../../object/seal.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { ImportedTrail } from './imported-trail.js'
import { SOURCE_EVIDENCE, type KnownRecord, type KnownRecords } from './known-records.js'

export const REFUSED_TYPE = 'REFUSED'

/** A line or a whole file that was not taken. */
export interface RefusedPiece {
  /** As the user named it. */
  readonly file: string
  /** Absent where the whole file is meant. */
  readonly line?: number | undefined
  readonly reason: string
  /** What comes behind the parts that were added; absent where it could not be read. */
  readonly raw?: Uint8Array | undefined
}

export interface RefusedPlace {
  readonly parent: ObjectId | undefined
  readonly timeMs: number
  /** What the import says of all its ATOMs. */
  readonly metadata: { readonly [key: string]: CborValue }
}

export interface RefusedAtom {
  readonly atomId: AtomId
  /** Where it was made before. */
  readonly known: KnownRecord | undefined
  readonly id: ObjectId
  /** Lines and files that it keeps. */
  readonly pieces: number
}

export interface RefusedBytes {
  /** Takes the beginning of the piece that comes, or more of it. MUST come when nothing waits for `close`: a piece in parts begins an ATOM. */
  addPart(bytes: Uint8Array): void
  /** Takes a piece; tells whether there is anything of it to keep. MUST be of the same file as those since the last `close`. */
  add(piece: RefusedPiece): 'kept' | 'nothing'
  /** The file of what waits for `close`; undefined where nothing does. */
  readonly file: string | undefined
  /** Time to close. */
  readonly isFull: boolean
  /** Stages one ATOM of what was added since, or finds it; undefined where nothing was. */
  close(place: RefusedPlace): Promise<RefusedAtom | undefined>
}

interface KeptPiece {
  readonly line: number | undefined
  readonly reason: string
  readonly content: ObjectId
}

/** Parts of the rule that is docs/spec/refused.md. */
const PIECES_MAX = 1_000
const BYTES_MAX = 4_194_304
const AGENT = 'unknown'
/** What is written before it is known whether it is there: it stays without an ATOM then, until `gc`. */
const HELD_MAX_BYTES = 67_108_864

export function createRefusedBytes(trail: ImportedTrail, known: KnownRecords): RefusedBytes {
  let file: string | undefined
  let pieces: KeptPiece[] = []
  let sizeBytes = 0
  let builder: ContentBuilder | undefined
  let held: SealedObject[] = []
  const put = (bytes: Uint8Array): void => {
    builder ??= createContentBuilder()
    sizeBytes += bytes.length
    held.push(...builder.add(bytes))
    if (sizeBytes > HELD_MAX_BYTES) keepHeld()
  }
  const keepHeld = (): void => {
    for (const object of held.splice(0)) if (!trail.has(object.id)) trail.keep(object)
  }
  return {
    addPart: put,
    add(piece) {
      if (piece.raw !== undefined) put(piece.raw)
      if (builder === undefined) return 'nothing'
      const { id, objects } = builder.end()
      builder = undefined
      held.push(...objects)
      file = piece.file
      pieces.push({ line: piece.line, reason: wellFormed(piece.reason), content: id })
      return 'kept'
    },
    get file() {
      return file
    },
    get isFull() {
      return pieces.length >= PIECES_MAX || sizeBytes >= BYTES_MAX
    },
    async close({ parent, timeMs, metadata }) {
      const [first] = pieces
      if (first === undefined || file === undefined) return undefined
      const kept = { file: wellFormed(file.slice(file.lastIndexOf('/') + 1)), pieces }
      const atomId = refusedAtomId(pieces, timeMs)
      const before = await known.take({ atomId, timeMs, source: first.content })
      if (before === undefined) keepHeld()
      file = undefined
      pieces = []
      held = []
      sizeBytes = 0
      if (before !== undefined) return { atomId, known: before, id: before.id, pieces: kept.pieces.length }
      const { body, contents } = sealBody({ title: titleOf(kept), metadata: { refused: reasonsOf(kept.pieces), ...metadata }, evidence: kept.pieces.map((piece) => evidenceOf(piece, kept.file)) })
      const built = trail.build({
        header: { atomId, operation: 'refuse', agent: AGENT, timeMs, parents: parent === undefined ? [] : [parent], influencedBy: [] },
        body: { id: body.id, objects: [...contents, body] }, base: EMPTY_TREE.id, files: new Map(), changes: [],
      })
      trail.add(built)
      return { atomId, known: undefined, id: built.object.id, pieces: kept.pieces.length }
    },
  }
}

/** A reason may end within a pair of surrogates. */
function wellFormed(text: string): string {
  return toDisplayText(utf8(text))
}

/** The number is made of what is kept, so that every machine gives the same. */
function refusedAtomId(pieces: readonly KeptPiece[], timeMs: number): AtomId {
  const hex = sha256Hex(utf8(pieces.map(({ line, content }) => `${String(line ?? '')} ${digestOf(content)}`).join('\n')))
  return parseAtomId(`ATOM-${REFUSED_TYPE}-${dayOf(timeMs)}-${hex.slice(0, 12)}`)
}

function titleOf({ file, pieces }: { readonly file: string; readonly pieces: readonly KeptPiece[] }): string {
  const lines = pieces.filter(({ line }) => line !== undefined).length
  const what = lines === 0 ? file : lines === 1 ? `line ${String(pieces[0]?.line ?? '')} of ${file}` : `${String(lines)} lines of ${file}`
  return `${what} could not be taken`
}

/** Returns why, for runs of lines that have one reason in common. */
function reasonsOf(pieces: readonly KeptPiece[]): readonly CborValue[] {
  const runs: { readonly from: number | undefined; to: number | undefined; readonly reason: string }[] = []
  for (const { line, reason } of pieces) {
    const last = runs.at(-1)
    if (last !== undefined && last.reason === reason && line !== undefined && last.to === line - 1) last.to = line
    else runs.push({ from: line, to: line, reason })
  }
  return runs.map(({ from, to, reason }) => ({ ...(from !== undefined && to !== undefined && { lines: [from, to] }), reason }))
}

function evidenceOf({ line, content }: KeptPiece, file: string): Evidence {
  return { name: SOURCE_EVIDENCE, phase: 'other', path: file, content, ...(line !== undefined && { value: `line ${String(line)}` }) }
}
