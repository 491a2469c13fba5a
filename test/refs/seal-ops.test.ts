import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/codec/object-id.js'
import type { Op, RefChange } from '../../src/object/op.js'
import { readLogState } from '../../src/refs/log-state.js'
import { pointAt } from '../../src/refs/ref.js'
import { sealOps } from '../../src/refs/seal-ops.js'
import { requestKey } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { createOverlay } from '../../src/store/overlay-store.js'
import { aRepo } from '../helpers/memory-repo.js'

const REQUEST = 'cd'.repeat(16)

async function sealed(changes: readonly RefChange[]): Promise<{ readonly ops: readonly Op[]; readonly sizes: readonly number[]; readonly hasRequest: boolean }> {
  const repo = await aRepo()
  const staged = createOverlay(repo.store)
  const ids = sealOps({ staged, before: readLogState(repo.store), stamp: { agent: 'a', command: 'import git', request: REQUEST }, timeMs: 1, changes: new Map(changes.map((change) => [change.ref, change])) })
  const reader = { getObject: (id: string) => [...staged.batch().puts].find(([key]) => Buffer.from(key).toString('hex').endsWith(id))?.[1] }
  return { ops: ids.map((id) => readObject(reader, id, 'op')), sizes: ids.map((id) => reader.getObject(id)?.length ?? 0), hasRequest: staged.getRecord(requestKey(REQUEST)) !== undefined }
}

describe('the ops of a transaction', () => {
  it('are one, as a rule', async () => {
    const { ops, hasRequest } = await sealed([{ ref: 'refs/heads/x', after: { is: 'object', digest: digestOf((await aRepo()).index.node(0).id) } }])
    expect(ops).toMatchObject([{ seq: 2, command: 'import git', request: REQUEST, changes: [{ ref: 'refs/heads/x' }] }])
    expect(hasRequest).toBe(true)
  })

  it('are as many as it takes, each as full as an object may be, the request in the first', async () => {
    const target = pointAt((await aRepo()).index.node(0).id)
    const long = (at: number): string => `refs/heads/${'é'.repeat(400)}${String(at)}`
    const { ops, sizes } = await sealed(Array.from({ length: 3_000 }, (_, at): RefChange => ({ ref: long(at), before: target, after: { is: 'symbolic', ref: long(at) } })))
    expect(ops.map(({ seq }) => seq)).toEqual(ops.map((_, at) => at + 2))
    expect(ops.length).toBeGreaterThan(3)
    expect(ops.map(({ request }) => request)).toEqual([REQUEST, ...ops.slice(1).map(() => undefined)])
    expect(ops.reduce((sum, { changes }) => sum + changes.length, 0)).toBe(3_000)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_048_576)
    expect(sizes[0]).toBeGreaterThan(900_000)
  })
})
