/** Lies that a remote may hold, or somebody may push. */
import { utf8 } from '../../src/base/bytes.js'
import { encode, encodeOrdered } from '../../src/codec/cbor.js'
import { cidFromId, digestOf, type ObjectId } from '../../src/codec/object-id.js'
import type { MemoryRemoteState } from '../../src/exchange/memory-remote.js'
import { encodeAtom, type AtomHeader } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { encodeFile } from '../../src/object/file.js'
import { encodeReceipt } from '../../src/object/receipt.js'
import { seal, type SealedObject } from '../../src/object/seal.js'
import { encodeTree, FILE_MODE, FOLDER_MODE } from '../../src/object/tree.js'
import { resolveRef } from '../../src/refs/ref.js'
import { readObject } from '../../src/store/objects.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import type { MemoryRepo } from './memory-repo.js'
import { anAtomHeader, anId } from './objects.js'

const tip = (repo: MemoryRepo): ObjectId => resolveRef(repo.store, 'refs/heads/main') as ObjectId
const header = (changed: Partial<AtomHeader>): SealedObject => seal(encodeAtom(anAtomHeader({ parents: [], tree: EMPTY_TREE.id, ...changed })))
const body = seal(encodeBody({ title: 'a body' }))
const put = (state: MemoryRemoteState, ...objects: readonly { readonly id: ObjectId; readonly bytes: Uint8Array }[]): ObjectId => {
  for (const { id, bytes } of [EMPTY_TREE, ...objects]) state.objects.set(id, bytes)
  const last = objects.at(-1)?.id as ObjectId
  state.refs.set('refs/heads/evil', last)
  return last
}
const rawTree = (names: readonly string[], link: ObjectId): SealedObject =>
  seal(encode({ kind: 'tree', entries: Object.fromEntries(names.map((name) => [name, { link: cidFromId(link), mode: FILE_MODE }])), version: 1 }))
const content = seal(utf8('evil'), 'raw')

/** What is told, the code that says so, and what tells it: of a history that was pushed into a remote's state. */
export const LIES: readonly (readonly [what: string, code: string, tell: (state: MemoryRemoteState, from: MemoryRepo) => void])[] = [
  ['other bytes for an id', 'OBJECT_CORRUPT', (state, from) => { state.objects.set(tip(from), utf8('other')) }],
  ['other bytes for a content', 'OBJECT_CORRUPT', (state) => { for (const id of state.objects.keys()) if (id.startsWith('55')) state.objects.set(id, utf8('other')) }],
  ['a content above 1 MiB', 'OBJECT_CORRUPT', (state) => { for (const id of state.objects.keys()) if (id.startsWith('55')) state.objects.set(id, new Uint8Array(1_048_577)) }],
  ['a ref to what is not there', 'LINK_MISSING', (state) => { state.refs.set('refs/heads/evil', anId('nothing')) }],
  ['an ATOM without its body', 'LINK_MISSING', (state) => { put(state, header({ body: anId('nothing') })) }],
  ['an ATOM without its parent', 'LINK_MISSING', (state) => { put(state, body, header({ body: body.id, parents: [anId('nothing')] })) }],
  ['a tree without its content', 'LINK_MISSING', (state) => {
    const tree = rawTree(['a'], anId('nothing', 'raw'))
    put(state, body, tree, header({ body: body.id, tree: tree.id }))
  }],
  ['a branch that points at a body', 'OBJECT_CORRUPT', (state) => { put(state, body) }],
  ['a body in the place of a tree', 'OBJECT_CORRUPT', (state) => { put(state, body, header({ body: body.id, tree: body.id })) }],
  ['a tree in the place of a body', 'OBJECT_CORRUPT', (state) => { put(state, header({ body: EMPTY_TREE.id })) }],
  ['bytes that are not canonical', 'OBJECT_CORRUPT', (state) => { put(state, seal(encodeOrdered({ version: 1, kind: 'body', title: 'wrong order' }))) }],
  ['bytes that are no CBOR', 'OBJECT_CORRUPT', (state) => { put(state, seal(utf8('{"kind":"atom"}'))) }],
  ...['..', '.', 'a/b', 'a\0b', ''].map((name) => [`a file called ${JSON.stringify(name)}`, 'OBJECT_CORRUPT', (state: MemoryRemoteState) => {
    const tree = rawTree([name], content.id)
    put(state, content, body, tree, header({ body: body.id, tree: tree.id }))
  }] as const),
  ['a tree that claims a billion files', 'OBJECT_CORRUPT', (state) => {
    const trees = [seal(encodeTree({ is: 'entries', entries: new Map(Array.from({ length: 30 }, (_, index) => [`f${String(index)}`, { mode: FILE_MODE, link: content.id }])) }))]
    for (let depth = 0; depth < 8; depth++) {
      const link = (trees.at(-1) as SealedObject).id
      trees.push(seal(encodeTree({ is: 'entries', entries: new Map(Array.from({ length: 30 }, (_, index) => [`d${String(index)}`, { mode: FOLDER_MODE, link }])) })))
    }
    const root = seal(encodeTree({ is: 'entries', entries: new Map([['project', { mode: FOLDER_MODE, link: (trees.at(-1) as SealedObject).id }]]) }))
    put(state, content, ...trees, body, root, header({ body: body.id, tree: root.id }))
  }],
  ['a path of ten thousand folders', 'OBJECT_CORRUPT', (state) => {
    const trees = [rawTree(['f'], content.id)]
    for (let depth = 0; depth < 10_000; depth++) trees.push(seal(encodeTree({ is: 'entries', entries: new Map([['d', { mode: FOLDER_MODE, link: (trees.at(-1) as SealedObject).id }]]) })))
    put(state, content, ...trees, body, header({ body: body.id, tree: (trees.at(-1) as SealedObject).id }))
  }],
  ['a large file whose chunks are another one', 'OBJECT_CORRUPT', (state) => {
    const chunks = [seal(new Uint8Array(1_048_576), 'raw'), seal(utf8('end'), 'raw')]
    const file = seal(encodeFile({ sizeBytes: 1_048_579, digest: digestOf(anId('another')), chunks: chunks.map(({ id }) => id) }))
    const tree = rawTree(['a'], file.id)
    put(state, ...chunks, file, body, tree, header({ body: body.id, tree: tree.id }))
  }],
  ['the receipt of something else', 'OBJECT_CORRUPT', (state) => {
    const receipt = seal(encodeReceipt({ object: content.id, role: 'content', timeMs: 0, reason: 'secret' }))
    put(state, receipt)
    state.refs.delete('refs/heads/evil')
    state.refs.set(`refs/atom/forgotten/${digestOf(anId('another'))}`, receipt.id)
  }],
  ['a receipt that excuses a parent', 'LINK_MISSING', (state, from) => {
    const lost = from.index.node(1).id
    const receipt = seal(encodeReceipt({ object: lost, role: 'content', timeMs: 0, reason: 'secret' }))
    state.objects.set(receipt.id, receipt.bytes)
    state.refs.set(`refs/atom/forgotten/${digestOf(lost)}`, receipt.id)
    state.objects.delete(lost)
  }],
  ['another store\'s log under a wrong name', 'OBJECT_CORRUPT', (state) => {
    const [log] = [...state.refs].filter(([name]) => name.startsWith('refs/atom/ops/')) as [[string, ObjectId]]
    state.refs.set(`refs/atom/ops/${'0'.repeat(32)}`, log[1])
  }],
  ['a log with a gap', 'LINK_MISSING', (state, from) => {
    const [log] = [...state.refs].filter(([name]) => name.startsWith('refs/atom/ops/')) as [[string, ObjectId]]
    state.objects.delete(readObject(from.objects, log[1], 'op').previous as ObjectId)
  }],
]
