import { expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../../src/codec/object-id.js'
import { readKnownRows, type KnownRow } from '../../../../src/ops/transfer/context-sync/known-rows.js'
import { recordDraft } from '../../../../src/ops/record/record-draft.js'
import type { Repo } from '../../../../src/ops/repo.js'
import { bareRepo } from '../../../helpers/bare-repo.js'

async function take(repo: Repo, id: string, digest: string): Promise<ObjectId> {
  const draft = { type: 'NOTE', agent: 'context-sync', influencedBy: [], body: { title: id, metadata: { context_sync: { table: 'notes', id, digest, project: 'p' } } }, files: new Map(), objects: [], layout: [] }
  return (await recordDraft(repo, draft, { ref: 'refs/heads/main', command: 'import' })).id
}

it('knows the last ATOM of each row, rows that share a number too, and which were not met', async () => {
  const repo = await bareRepo()
  const ids = Array.from({ length: 40 }, (_, index) => `row ${String(index)}`)
  let tip: ObjectId | undefined
  for (const id of ids) tip = await take(repo, id, 'first')
  tip = await take(repo, 'row 7', 'second')
  const known = await readKnownRows(repo, tip)
  expect(known.meet({ table: 'notes', id: 'row 7' })).toMatchObject({ digest: 'second', projectId: 'p', object: digestOf(tip) } satisfies Partial<KnownRow>)
  expect([known.meet({ table: 'goals', id: 'row 7' }), known.has({ table: 'notes', id: 'row 8' }), known.has({ table: 'notes', id: 'other' })]).toEqual([undefined, true, false])
  expect([...known.missed()].map(({ id }) => id)).toEqual(ids.filter((id) => id !== 'row 7'))
  expect([...(await readKnownRows(repo, undefined)).missed()]).toEqual([])
})
