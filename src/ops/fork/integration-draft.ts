/** What the ATOM of a merge, cherry-pick or revert says. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { CborValue } from '../../codec/cbor.js'
import { typeOf } from '../../object/atom-id.js'
import { shortRefName } from '../../refs/name.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { getProject } from '../record/add.js'
import type { IntegrationKind } from './merge-state.js'
import type { Draft } from '../record/record-draft.js'
import type { Repo } from '../repo.js'

export interface DraftSubject {
  readonly kind: IntegrationKind
  readonly ref: string
  readonly theirs: ObjectId
  /** Branches merged, or revisions as typed. */
  readonly names: readonly string[]
  readonly title?: string | undefined
}

export type IntegrationDraft = Omit<Draft, 'files' | 'objects' | 'layout'>

export function integrationDraft(repo: Repo, subject: DraftSubject): IntegrationDraft {
  const source = readRecord(repo, repo.index.seqOf(subject.theirs))
  switch (subject.kind) {
    case 'merge': return mergeDraft(repo, subject)
    case 'cherry-pick': return pickDraft(repo, subject, source)
    case 'revert': return revertDraft(repo, subject, source)
  }
}

function mergeDraft(repo: Repo, { ref, theirs, names, title }: DraftSubject): IntegrationDraft {
  const into = ref === 'HEAD' ? undefined : shortRefName(ref)
  const what = names.map((name) => /^ATOM-|^[0-9a-f]{8,}$/.test(name) ? name : `branch '${name}'`).join(', ')
  const metadata = { merged: [...names], ...(into !== undefined && { into }) }
  return { ...draftOf(repo, { type: 'MERGE', title: title ?? `Merge ${what}${into === undefined ? '' : ` into ${into}`}`, metadata }), influencedBy: [], otherParents: [theirs] }
}

/** The same title and reason once more; tokens and evidence stay where they were paid and captured. */
function pickDraft(repo: Repo, { theirs, title }: DraftSubject, source: AtomRecord): IntegrationDraft {
  const { header, body } = source
  const metadata = { ...body?.metadata, cherry_picked_from: [digestOf(theirs)] }
  const draft = draftOf(repo, { type: typeOf(header.atomId), title: title ?? body?.title ?? header.atomId, metadata })
  const { project, reason } = body ?? {}
  return {
    ...draft, operation: header.operation, influencedBy: [{ object: digestOf(theirs) }],
    body: { ...draft.body, ...(project !== undefined && { project }), ...(reason !== undefined && { reason }) },
  }
}

function revertDraft(repo: Repo, { theirs, title }: DraftSubject, source: AtomRecord): IntegrationDraft {
  const { header, body } = source
  const metadata = { reverts: [digestOf(theirs)], reverted_atom: header.atomId }
  const draft = draftOf(repo, { type: 'REVERT', title: title ?? `Revert "${body?.title ?? header.atomId}"`, metadata })
  return { ...draft, influencedBy: [{ object: digestOf(theirs) }], body: { ...draft.body, ...(body?.project !== undefined && { project: body.project }) } }
}

interface DraftWords { readonly type: string; readonly title: string; readonly metadata: { readonly [key: string]: CborValue } }

function draftOf(repo: Repo, { type, title, metadata }: DraftWords): Pick<IntegrationDraft, 'type' | 'agent' | 'body'> {
  if (title.trim() === '') throw new AtomError('INPUT_INVALID', 'the title is empty', { data: { field: 'title' }, hint: '-m TITLE' })
  const project = getProject(repo)
  return { type, agent: repo.identity.agent, body: { title, ...(project !== undefined && { project }), metadata } }
}
