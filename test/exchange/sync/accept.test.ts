import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { openMemoryRemote, type MemoryRemoteState } from '../../../src/exchange/memory-remote.js'
import { fetchInto, type FetchResult } from '../../../src/exchange/sync/fetch.js'
import { createStaging, stageInStore } from '../../../src/exchange/sync/staging.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { encodeBody } from '../../../src/object/body.js'
import { seal, type SealedObject } from '../../../src/object/seal.js'
import { encodeTree, FILE_MODE, FOLDER_MODE, type TreeEntry } from '../../../src/object/tree.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { tagCreate } from '../../../src/ops/fork/tag.js'
import { stageDraft } from '../../../src/ops/record/record-draft.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, contentsOf, problemsOf } from '../../helpers/exchange.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { anAtomHeader } from '../../helpers/objects.js'
import { aHistory } from '../../helpers/small-history.js'

type Place = 'aside' | 'in the store'

/** Fetches into a store that holds nothing, the same one each time. */
async function taken(state: MemoryRemoteState, place: Place): Promise<{ readonly to: MemoryRepo; readonly result: FetchResult }> {
  const to = await aRepo({ seed: 'new', init: 'none' })
  const staging = place === 'aside' ? createStaging(async () => createMemoryStore()) : stageInStore(to.store)
  const result = await fetchInto(to, { name: 'origin', remote: openMemoryRemote(state, 'memory:origin'), staging, rewound: 'refuse', command: 'clone' })
  return { to, result }
}

async function equally(state: MemoryRemoteState): Promise<MemoryRepo> {
  const [aside, inStore] = [await taken(state, 'aside'), await taken(state, 'in the store')]
  expect(inStore.result).toEqual(aside.result)
  expect(await contentsOf(inStore.to)).toBe(await contentsOf(aside.to))
  return inStore.to
}

describe('a new store', () => {
  it('is the same whether what arrives lies aside first or not: merges, tags, a split folder, a large content, a receipt', async () => {
    const from = await aHistory()
    from.worktree.put('large', 'x'.repeat(1_500_000))
    for (let count = 0; count < 1_100; count++) from.worktree.put(`many/${String(count)}`, String(count % 7))
    await from.add({ title: 'six', files: ['large', 'many'] })
    await tagCreate.run(from, tagCreate.check({ name: 'v1', message: 'the first' }))
    await from.add({ title: 'to be forgotten' })
    await forget.run(from, forget.check({ target: 'HEAD', reason: 'privacy' }))
    const exchange = anExchange()
    await exchange.push(from, { all: true, tags: true })
    const to = await equally(exchange.state)
    expect(await problemsOf(to)).toEqual(['ref-missing: there is no HEAD'])
  })

  it('is the same for a history of several batches', async () => {
    const from = await aRepo({ writer: 'plain' })
    await from.writer.transact({ agent: 'tester', command: 'test' }, (tx) => {
      for (let count = 0; count < 2_050; count++) {
        stageDraft(tx, { type: 'CFG', agent: 'tester', influencedBy: [], body: { title: `step ${String(count)}`, project: 'demo' }, files: new Map(), objects: [], layout: [] }, { ref: 'refs/heads/main', command: 'test', salt: from.random.bytes(16) })
      }
    })
    const exchange = anExchange()
    await exchange.push(from)
    expect(await problemsOf(await equally(exchange.state))).toEqual(['ref-missing: there is no HEAD'])
  })

  it('refuses a tree that claims more than it can hold, and names its ATOM', async () => {
    const folder = (entries: readonly (readonly [string, TreeEntry])[]): SealedObject => seal(encodeTree({ is: 'entries', entries: new Map(entries) }))
    const content = seal(utf8('evil'), 'raw')
    const trees = [folder(Array.from({ length: 30 }, (_, index) => [`f${String(index)}`, { mode: FILE_MODE, link: content.id }]))]
    for (let depth = 0; depth < 5; depth++) {
      const link = (trees.at(-1) as SealedObject).id
      trees.push(folder(Array.from({ length: 30 }, (_, index) => [`d${String(index)}`, { mode: FOLDER_MODE, link }])))
    }
    const body = seal(encodeBody({ title: 'a body' }))
    const atom = seal(encodeAtom(anAtomHeader({ parents: [], tree: (trees.at(-1) as SealedObject).id, body: body.id })))
    const { state } = anExchange()
    for (const { id, bytes } of [content, ...trees, body, atom]) state.objects.set(id, bytes)
    state.refs.set('refs/heads/main', atom.id)
    for (const place of ['aside', 'in the store'] as const) {
      const error = await taken(state, place).then(() => undefined, (reason: unknown) => reason as Error)
      expect(error?.message).toContain('memory:origin')
      expect(error?.message).toContain('the files of ATOM-CFG-20241127-003')
      expect(error).toMatchObject({ code: 'OBJECT_CORRUPT', data: { id: digestOf(atom.id) } })
      expect(await codeOfAsync(() => taken(state, place))).toBe('OBJECT_CORRUPT')
    }
  })
})
