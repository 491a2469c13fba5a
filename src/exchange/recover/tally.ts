/** Counts what a trail holds, as somebody who lost it would: projects, decisions, research, work on files, runs of SAGE. */
import { getAtomIdParts } from '../../object/atom-id.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import { readLogState } from '../../refs/log-state.js'
import type { Repo } from '../../ops/repo.js'

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
const BETWEEN_TURNS = 512

export async function tally(repo: Pick<Repo, 'store' | 'objects' | 'index' | 'reporter' | 'signal'>): Promise<Tally> {
  const { atoms } = readLogState(repo.store)
  const projects = new Set<string>()
  const runs = new Set<string>()
  const counts = { decisions: 0, research: 0, fileOperations: 0 }
  for (let seq = 0; seq < atoms; seq++) {
    if (seq % BETWEEN_TURNS === 0) {
      repo.signal.throwIfAborted()
      repo.reporter.progress('counting ATOMs', seq, atoms)
      await new Promise<void>((resolve) => { setImmediate(resolve) })
    }
    const { id, atomId, operation } = repo.index.node(seq)
    const type = getAtomIdParts(atomId)?.type
    if (type === 'DECISION') counts.decisions++
    if (type === 'RESEARCH') counts.research++
    if (FILE_OPERATIONS.includes(operation)) counts.fileOperations++
    const body = getBody(repo.objects, readObject(repo.objects, id, 'atom').body)
    if (body?.project !== undefined) projects.add(body.project)
    const run = body?.metadata?.['sage_run']
    if (run !== undefined && run !== null) runs.add(typeof run === 'string' ? run : JSON.stringify(run))
  }
  return { atoms, projects: [...projects].sort(), ...counts, sageRuns: runs.size }
}
