/** Counts what a trail holds, as somebody who lost it would: projects, decisions, research, work on files, runs of SAGE. */
import { getAtomIdParts } from '../../object/atom-id.js'
import { openAs } from '../../object/open.js'
import { rangeOf } from '../../store/keys.js'
import { readLogState } from '../../refs/log-state.js'
import type { Repo } from '../../ops/repo.js'
import type { RecordReader } from '../../store/types.js'

export interface Tally {
  /** ATOMs of the whole store. */
  readonly atoms: number
  /** Names, sorted. */
  readonly projects: readonly string[]
  readonly decisions: number
  readonly research: number
  /** ATOMs that created, modified or deleted files. */
  readonly fileOperations: number
  /** Different runs: values of `sage_run`. */
  readonly sageRuns: number
}

const FILE_OPERATIONS: readonly string[] = ['create_file', 'modify_file', 'delete_file']
const BETWEEN_TURNS = 4_096

export async function tally({ store, index, reporter, signal }: Pick<Repo, 'store' | 'index' | 'reporter' | 'signal'>): Promise<Tally> {
  const { atoms } = readLogState(store)
  const counts = { decisions: 0, research: 0, fileOperations: 0 }
  for (let seq = 0; seq < atoms; seq++) {
    if (seq % BETWEEN_TURNS === 0) {
      signal.throwIfAborted()
      reporter.progress('counting ATOMs', seq, atoms)
      await new Promise<void>((resolve) => { setImmediate(resolve) })
    }
    const { atomId, operation } = index.node(seq)
    const type = getAtomIdParts(atomId)?.type
    if (type === 'DECISION') counts.decisions++
    if (type === 'RESEARCH') counts.research++
    if (FILE_OPERATIONS.includes(operation)) counts.fileOperations++
  }
  return { atoms, ...counts, ...await readBodies(store, signal) }
}

/** In the order of the keys: body after body along the trail, each would be somewhere else in the database's files. */
async function readBodies(store: RecordReader, signal: AbortSignal): Promise<Pick<Tally, 'projects' | 'sageRuns'>> {
  const projects = new Set<string>()
  const runs = new Set<string>()
  for await (const list of store.scan(rangeOf('object', DAG_CBOR))) {
    signal.throwIfAborted()
    for (const [, bytes] of list) {
      const body = isBody(bytes) ? openAs(bytes, 'body') : undefined
      if (body?.project !== undefined) projects.add(body.project)
      const run = body?.metadata?.['sage_run']
      if (run !== undefined && run !== null) runs.add(typeof run === 'string' ? run : JSON.stringify(run))
    }
  }
  return { projects: [...projects].sort(), sageRuns: runs.size }
}

const DAG_CBOR: Uint8Array = Uint8Array.of(0x71)

/** `kind: body` comes first in a body: there is one order of keys. */
function isBody(bytes: Uint8Array): boolean {
  return KIND.every((byte, index) => bytes[index + 1] === byte)
}
const KIND: Uint8Array = Uint8Array.from('dkinddbody', (character) => character.charCodeAt(0))
