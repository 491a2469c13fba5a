/** `replay`: the steps between two ATOMs, oldest first, with what it takes to lay each out and to run it again. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { walk } from '../../history/graph/walk.js'
import { resolveRevision } from '../../history/resolve.js'
import { parseRevisionSet } from '../../history/revision-syntax.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import { checkInput, filledText } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface ReplayInput {
  /** `A..B`; a single revision B means everything up to it. */
  readonly range: string
}

/** A command that the evidence of an ATOM names, with how it ended then. */
export interface RecordedCommand {
  readonly command: readonly string[]
  readonly exitCode: number | undefined
}

export interface ReplayStep {
  readonly object: string
  readonly atomId: string
  readonly title: string | undefined
  readonly tree: ObjectId
  readonly commands: readonly RecordedCommand[]
  /** `start`: the state before the first step (A itself). */
  readonly is: 'start' | 'step'
}

export const replay: Operation<ReplayInput, ReplayStep> = {
  name: 'replay.steps',
  summary: 'List the steps between two ATOMs',
  effect: 'read',
  errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'INPUT_INVALID'],
  check: checkInput<ReplayInput>({ range: filledText }),
  run: listSteps,
}

async function* listSteps(repo: Repo, { range }: ReplayInput): AsyncIterable<ReplayStep> {
  const context = resolveContext(repo)
  const set = parseRevisionSet(range)
  if (set.is !== 'range' && set.is !== 'one') throw new AtomError('INPUT_INVALID', `replay goes from one ATOM to another: ${range}`, { data: { field: 'range', value: range }, hint: 'atom replay A..B --to DIR' })
  const from = set.is === 'range' ? await resolveRevision(context, set.from) : undefined
  const to = await resolveRevision(context, set.is === 'range' ? set.to : set.revision)
  const seqs = [...walk(repo.index, [to], from === undefined ? {} : { hide: [from] })].reverse()
  if (seqs.length === 0) throw new AtomError('INPUT_INVALID', `there is no step in ${range}`, { data: { field: 'range', value: range }, hint: 'the older one comes first: A..B' })
  if (from !== undefined) yield stepOf(repo, from, 'start')
  for (const seq of seqs) yield stepOf(repo, seq, 'step')
}

function stepOf(repo: Repo, seq: number, is: ReplayStep['is']): ReplayStep {
  const { id } = repo.index.node(seq)
  const header = readObject(repo.objects, id, 'atom')
  const body = getBody(repo.objects, header.body)
  const commands = new Map<string, RecordedCommand>()
  for (const { command, exitCode } of body?.evidence ?? []) {
    const key = JSON.stringify(command)
    if (command !== undefined && command.length > 0 && commands.get(key)?.exitCode === undefined) commands.set(key, { command, exitCode })
  }
  return { object: digestOf(id), atomId: header.atomId, title: body?.title, tree: header.tree, commands: [...commands.values()], is }
}
