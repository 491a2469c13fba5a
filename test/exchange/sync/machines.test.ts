import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { merge, type MergeResult } from '../../../src/ops/fork/merge.js'
import { revParse } from '../../../src/ops/prove/rev-parse.js'
import { resolveRef } from '../../../src/refs/ref.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, problemsOf, type Exchange } from '../../helpers/exchange.js'
import { aRepo, START_MS, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

const MAIN = 'refs/heads/main'
const tip = (repo: MemoryRepo, ref = MAIN): ObjectId => resolveRef(repo.store, ref) as ObjectId

/** Two machines with the same trail: the second took it from a remote and merged it. */
async function twoMachines(): Promise<{ readonly ann: MemoryRepo; readonly bob: MemoryRepo; readonly exchange: Exchange }> {
  const [ann, bob, exchange] = [await aHistory(), await aRepo({ seed: 'bob', init: 'none' }), anExchange()]
  await exchange.push(ann, { all: true })
  await bob.writer.transact({ agent: 'bob', command: 'init' }, (tx) => { tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: MAIN } }) })
  await exchange.fetch(bob)
  await bob.writer.transact({ agent: 'bob', command: 'clone' }, (tx) => { tx.edit({ ref: MAIN, expected: undefined, next: { is: 'object', digest: digestOf(tip(ann)) } }) })
  return { ann, bob, exchange }
}

const join = async (repo: MemoryRepo): Promise<MergeResult> => await (merge.run(repo, merge.check({ revision: 'origin/main' })) as Promise<MergeResult>)

async function found(repo: MemoryRepo, rev: string): Promise<readonly unknown[]> {
  const items: unknown[] = []
  for await (const item of revParse.run(repo, revParse.check({ revs: [rev] })) as AsyncIterable<unknown>) items.push(item)
  return items
}

describe('two machines', () => {
  it('that gave the same atom id on one day both keep theirs; the id is ambiguous, and its candidates are listed', async () => {
    const { ann, bob, exchange } = await twoMachines()
    const [ours, theirs] = [await ann.add({ title: 'of ann' }), await bob.add({ title: 'of bob' })]
    expect(ours.atom.header.atomId).toBe(theirs.atom.header.atomId)
    await exchange.push(ann)
    await exchange.fetch(bob)
    expect(await join(bob)).toMatchObject({ result: 'merged' })
    const { atomId } = ours.atom.header
    expect(await codeOfAsync(() => found(bob, atomId))).toBe('ID_AMBIGUOUS')
    for (const { atom } of [ours, theirs]) expect(await found(bob, `${atomId}-${digestOf(atom.id).slice(0, 8)}`)).toHaveLength(1)
    expect((await bob.add({ title: 'next' })).atom.header.atomId).not.toBe(atomId)
    expect((await problemsOf(bob)).filter((problem) => !problem.startsWith('clock-'))).toEqual([])
  })

  it('one of which is a year behind merge all the same: parents decide the order', async () => {
    const { ann, bob, exchange } = await twoMachines()
    bob.clock.set(START_MS - 365 * 86_400_000)
    const early = await bob.add({ title: 'long ago, it says' })
    expect(await exchange.push(bob)).toMatchObject({ refused: [] })
    await exchange.fetch(ann)
    expect(await join(ann)).toMatchObject({ result: 'fast-forward' })
    expect(tip(ann)).toBe(early.atom.id)
    expect((await problemsOf(ann)).map((problem) => problem.split(':')[0])).toEqual(['clock-backwards'])
  })
})
