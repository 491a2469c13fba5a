import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { createMemoryRemoteState, openMemoryRemote, type MemoryRemoteState } from '../../../src/exchange/memory-remote.js'
import type { RemoteObject } from '../../../src/exchange/remote.js'
import { receive } from '../../../src/exchange/sync/receive.js'
import type { Received, Root } from '../../../src/exchange/sync/received.js'
import { createStaging, stageInStore, type Staging } from '../../../src/exchange/sync/staging.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { encodeBody } from '../../../src/object/body.js'
import { seal, type SealedObject } from '../../../src/object/seal.js'
import { encodeTree, FILE_MODE, FOLDER_MODE } from '../../../src/object/tree.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { anAtomHeader, anId } from '../../helpers/objects.js'

const body = seal(encodeBody({ title: 'a body' }))
const tree = (entries: readonly (readonly [string, { readonly mode: typeof FILE_MODE | typeof FOLDER_MODE; readonly link: ObjectId }])[]): SealedObject => seal(encodeTree({ is: 'entries', entries: new Map(entries) }))
const atom = (root: ObjectId, parents: readonly ObjectId[] = [], title = body): SealedObject => seal(encodeAtom(anAtomHeader({ parents, tree: root, body: title.id })))

function holding(...objects: readonly RemoteObject[]): MemoryRemoteState {
  const state = createMemoryRemoteState()
  for (const { id, bytes } of [EMPTY_TREE, body, ...objects]) state.objects.set(id, bytes)
  return state
}

/** Receives the heads into an empty store, in both ways that there are. */
async function received(state: MemoryRemoteState, heads: readonly ObjectId[]): Promise<readonly { readonly received: Received | undefined; readonly message: string; readonly staging: Staging }[]> {
  const results = []
  for (const place of ['aside', 'in the store'] as const) {
    const repo = await aRepo({ init: 'none' })
    const staging = place === 'aside' ? createStaging(async () => createMemoryStore()) : stageInStore(repo.store)
    const roots = heads.map((id, index): Root => ({ ref: `refs/heads/b${String(index)}`, id, kinds: ['atom'] }))
    let message = ''
    const done = await receive({ ...repo, staging, source: openMemoryRemote(state, 'memory:origin'), have: [], follow: () => false }, [roots]).catch((error: unknown) => { message = `${(error as { readonly code: string }).code} ${(error as Error).message}` })
    results.push({ received: done ?? undefined, message, staging })
  }
  return results
}

describe('receiving', () => {
  it('takes each object once, whoever names it, and knows the ATOMs', async () => {
    const content = anId('c', 'raw')
    const shared = tree([['a', { mode: FILE_MODE, link: content }]])
    const root = tree([['x', { mode: FOLDER_MODE, link: shared.id }], ['y', { mode: FOLDER_MODE, link: shared.id }]])
    const first = atom(root.id)
    const next = atom(root.id, [first.id])
    const state = holding(shared, root, first, next)
    state.objects.set(content, new TextEncoder().encode('c'))
    for (const { received: all, staging } of await received(state, [next.id])) {
      expect(all).toMatchObject({ objects: 6, references: [] })
      expect([...all?.atoms.parentsFirst([next.id]) ?? []]).toEqual([first.id, next.id])
      expect(staging.getObject(content)).toBeDefined()
    }
  })

  it('takes a folder of many contents, more than are asked for at once', async () => {
    const contents = Array.from({ length: 20 }, (_, group) => Array.from({ length: 200 }, (_, index) => seal(new TextEncoder().encode(`${String(group)} ${String(index)}`), 'raw')))
    const folders = contents.map((list) => tree(list.map(({ id }, index) => [String(index), { mode: FILE_MODE, link: id }])))
    const root = tree(folders.map(({ id }, index) => [String(index), { mode: FOLDER_MODE, link: id }]))
    const head = atom(root.id)
    for (const { received: all } of await received(holding(...contents.flat(), ...folders, root, head), [head.id])) expect(all?.objects).toBe(4_023)
  })

  it('says who needs what is not there, and as what', async () => {
    const root = tree([['a', { mode: FILE_MODE, link: anId('gone', 'raw') }]])
    const head = atom(root.id)
    for (const { message } of await received(holding(root, head), [head.id])) expect(message).toMatch(`LINK_MISSING memory:origin is not whole, and nothing of it was taken: the tree ${digestOf(root.id)} needs ${digestOf(anId('gone', 'raw'))} as its content, and it is not there`)
    const orphan = atom(EMPTY_TREE.id, [anId('parent')])
    for (const { message } of await received(holding(orphan), [orphan.id])) expect(message).toContain(`ATOM-CFG-20241127-003 needs ${digestOf(anId('parent'))} as its parent`)
    for (const { message } of await received(holding(), [anId('head')])) expect(message).toContain(`refs/heads/b0 needs ${digestOf(anId('head'))} as its target`)
  })

  it('says who names something as what it is not, whichever came first', async () => {
    const early = tree([['f', { mode: FOLDER_MODE, link: body.id }]])
    for (const { message } of await received(holding(early, atom(early.id)), [atom(early.id).id])) expect(message).toMatch(/^OBJECT_CORRUPT .*memory:origin.* names it as its (tree|body), and it is a (body|tree)$/s)
    const wrong = atom(body.id)
    for (const { message } of await received(holding(wrong), [wrong.id])) expect(message).toContain('ATOM-CFG-20241127-003 names it as its tree, and it is a body')
    for (const { message } of await received(holding(), [body.id])) expect(message).toContain('refs/heads/b0 names it as what it points at, and it is a body')
  })
})
