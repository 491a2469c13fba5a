/** Where the units of transcripts become ATOMs: finds those that are there, stages those that are not. */
import type { ObjectId } from '../../../codec/object-id.js'
import type { Body } from '../../../object/body.js'
import type { SealedObject } from '../../../object/seal.js'
import { readLogState } from '../../../refs/log-state.js'
import { isForgotten } from '../../../refs/transaction.js'
import { getBody, sealBody } from '../../../store/body.js'
import { META, readObject } from '../../../store/objects.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import type { Repo } from '../../repo.js'
import { createImportedTrail, type BuiltAtom, type ImportedTrail } from '../imported-trail.js'
import type { KeptLines, Unit } from './transcript-unit.js'
import { clampTime, unitAtomId, unitBody, unitKey } from './transcript-unit.js'

export interface KnownUnit {
  readonly id: ObjectId
  /** Absent where it was forgotten. */
  readonly body: Body | undefined
}

export interface UnitPlace {
  readonly parent: ObjectId | undefined
  readonly session: string
  readonly file: string
  readonly lines: KeptLines | undefined
}

export interface TranscriptTrail {
  /** Returns the ATOM of a unit, made now or at any time before. */
  find(unit: Pick<Unit, 'type' | 'key' | 'dayMs'>): Promise<KnownUnit | undefined>
  add(unit: Unit, place: UnitPlace): Promise<KnownUnit>
  /** Stores parts of a content that an ATOM will link. */
  keep(objects: readonly SealedObject[]): Promise<void>
  flush(): Promise<void>
}

const AHEAD_MIN_BYTES = 4_194_304

export function createTranscriptTrail(repo: Repo, agent: string, command: string): TranscriptTrail {
  const trail: ImportedTrail = createImportedTrail(repo, command)
  const hasReceipts = repo.store.getRecord(META.receipts) !== undefined
  const numbers = readNumbers(repo, agent)
  /** Made and not written yet: atom id → the units. */
  let staged = new Map<string, KnownUnit[]>()
  let waiting: SealedObject[] = []
  let waitingBytes = 0
  const keep = async (objects: readonly SealedObject[]): Promise<void> => {
    for (const object of objects) {
      if (hasReceipts && isForgotten(repo.store, object.id)) continue
      waiting.push(object)
      waitingBytes += object.bytes.length
    }
    if (waitingBytes < AHEAD_MIN_BYTES) return
    const batch = takeWaiting()
    await repo.writer.putAhead(batch)
  }
  const takeWaiting = (): readonly SealedObject[] => {
    const taken = waiting
    waiting = []
    waitingBytes = 0
    return taken
  }
  const flush = async (): Promise<void> => {
    await trail.flush(takeWaiting())
    staged = new Map()
  }
  return {
    keep,
    flush,
    async find(unit) {
      const atomId = unitAtomId(agent, unit)
      const key = unitKey(agent, unit.type, unit.key)
      const isIt = (known: KnownUnit): boolean => known.body === undefined || keyOf(known.body) === key
      const made = staged.get(atomId)?.find(isIt)
      if (made !== undefined) return made
      const seq = numbers.get(numberOf(atomId))
      if (seq === undefined) return undefined
      const first = seq === MADE_NOW || repo.index.node(seq).atomId !== atomId ? undefined : readUnit(repo, seq)
      if (first !== undefined && isIt(first)) return first
      for (const each of await repo.index.withAtomId(atomId)) {
        const known = readUnit(repo, each)
        if (isIt(known)) return known
      }
      return undefined
    },
    async add(unit, { parent, session, file, lines }) {
      const atomId = unitAtomId(agent, unit)
      const { body, contents } = unitBody(unit, { agent, session, file, lines })
      const whole = sealBody(body)
      await keep([...contents, ...whole.contents])
      const built: BuiltAtom = trail.build({
        header: { atomId, operation: unit.operation, agent, timeMs: clampTime(unit.timeMs), parents: parent === undefined ? [] : [parent], influencedBy: [] },
        body: { id: whole.body.id, objects: [whole.body] },
        base: EMPTY_TREE.id, files: new Map(), changes: [],
      })
      trail.add(built)
      const known = { id: built.object.id, body }
      numbers.set(numberOf(atomId), MADE_NOW)
      staged.set(atomId, [...staged.get(atomId) ?? [], known])
      if (trail.isFull) await flush()
      return known
    },
  }
}

/** Stands for the sequence number of an ATOM that this import made. */
const MADE_NOW = -1

/** Reads which numbers the atom ids of an agent's units have, once: nearly all that is looked for is not there. */
function readNumbers(repo: Repo, agent: string): Map<number, number> {
  const numbers = new Map<number, number>()
  const { atoms } = readLogState(repo.store)
  for (let seq = 0; seq < atoms; seq++) {
    const node = repo.index.node(seq)
    if (node.agent === agent && node.atomId !== '') numbers.set(numberOf(node.atomId), seq)
  }
  return numbers
}

function numberOf(atomId: string): number {
  return Number.parseInt(atomId.slice(atomId.lastIndexOf('-') + 1), 16)
}

function readUnit(repo: Repo, seq: number): KnownUnit {
  const { id } = repo.index.node(seq)
  return { id, body: getBody(repo.objects, readObject(repo.objects, id, 'atom').body) }
}

/** Returns the name that an ATOM of a transcript gives its unit. */
export function keyOf(body: Body | undefined): string | undefined {
  const transcript = body?.metadata?.['transcript'] as { readonly key?: unknown } | undefined
  return typeof transcript?.key === 'string' ? transcript.key : undefined
}
