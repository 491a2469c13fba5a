/** A store with some of everything, made through the writing path: what the checker is tried on. */
import { utf8 } from '../../../src/base/bytes.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { encodeReceipt } from '../../../src/object/receipt.js'
import { encodeTag } from '../../../src/object/tag.js'
import { seal, type SealedObject } from '../../../src/object/seal.js'
import type { TreeEntry } from '../../../src/object/tree.js'
import { eraseTitle } from '../../../src/index/titles.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { stageDraft, type Draft, type RecordedAtom } from '../../../src/ops/record/record-draft.js'
import { pointAt } from '../../../src/refs/ref.js'
import { createWriter, type Transaction, type Writer } from '../../../src/refs/transaction.js'
import { sealContent } from '../../../src/store/content.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { objectKey } from '../../../src/store/keys.js'
import { META } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'

export const START_MS = Date.UTC(2026, 0, 2)

/** Unlike anything in a real run, but different each time. */
export function createCountingRandom(seed = 1): { bytes(length: number): Uint8Array } {
  let state = seed
  return {
    bytes: (length) => Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 16
    }),
  }
}

export interface Recorder {
  readonly store: Store
  readonly writer: Writer
  record(draft: Partial<Draft> & { readonly title?: string }, options?: RecordOptions): Promise<RecordedAtom>
  transact(command: string, work: (tx: Transaction) => void): Promise<void>
}

interface RecordOptions { readonly ref?: string; readonly command?: string; readonly request?: string }

/** Starts a store with its INIT. */
export async function startStore(store: Store = createMemoryStore()): Promise<Recorder> {
  const random = createCountingRandom()
  let nowMs = START_MS
  const writer = createWriter({ store, clock: { nowMs: () => nowMs += 1_000 } })
  await store.write({ puts: [[META.format, Uint8Array.of(1)], [META.store, random.bytes(16)], [META.project, utf8('sample')]], deletes: [] }, 'sync')
  const recorder: Recorder = {
    store,
    writer,
    async record({ title, ...draft }, options = {}) {
      const whole: Draft = { type: 'DECISION', agent: 'ann', influencedBy: [], files: new Map(), objects: [], layout: [], ...draft, body: { title: title ?? 'a title', ...draft.body } }
      const command = options.command ?? 'add'
      const { value } = await writer.transact({ agent: whole.agent, command, request: options.request ?? hex(random.bytes(16)) }, (tx) => (
        stageDraft(tx, whole, { ref: options.ref ?? 'refs/heads/main', command, salt: random.bytes(16) })
      ))
      return value
    },
    async transact(command, work) {
      await writer.transact({ agent: 'ann', command }, work)
    },
  }
  await recorder.transact('init', (tx) => {
    tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/heads/main' } })
    tx.put(EMPTY_TREE)
  })
  await recorder.record({ type: 'INIT', title: 'Start of sample' }, { command: 'init' })
  return recorder
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function file(text: string | Uint8Array, mode: TreeEntry['mode'] = 0o100644): { readonly entry: TreeEntry; readonly objects: readonly SealedObject[] } {
  const content = sealContent(typeof text === 'string' ? utf8(text) : text)
  return { entry: { mode, link: content.id }, objects: content.objects }
}

/** Returns a draft's files and objects of these texts. */
export function files(texts: Readonly<Record<string, string | Uint8Array>>): Pick<Draft, 'files' | 'objects'> {
  const made = Object.entries(texts).map(([path, text]) => ({ path, ...file(text) }))
  return { files: new Map(made.map(({ path, entry }) => [path, entry])), objects: made.flatMap(({ objects }) => objects) }
}

export interface Sample extends Recorder {
  readonly atoms: readonly RecordedAtom[]
  readonly forgotten: ObjectId
}

/** Makes ATOMs of every kind: folders, merges, tags, evidence, large contents and values, influences, a forgotten body, several branches. */
export async function makeSample(store?: Store, options: { readonly names?: number; readonly large?: 'none' } = {}): Promise<Sample> {
  const recorder = await startStore(store)
  const atoms: RecordedAtom[] = []
  const add = async (...args: Parameters<Recorder['record']>): Promise<RecordedAtom> => {
    const atom = await recorder.record(...args)
    atoms.push(atom)
    return atom
  }
  const first = await add({ type: 'CFG', title: 'files', ...files({ 'project/a.env': 'A=1\n', 'project/deep/er/b.txt': 'b\n', 'home/.config/c': 'c' }) })
  await add({ type: 'CFG', ...files({ 'project/a.env': 'A=2\n' }), influencedBy: [{ object: digestOf(first.id) }] })
  await add({ type: 'CFG', files: new Map([['project/deep/er/b.txt', undefined]]) })
  await add({ type: 'CFG', files: new Map([['project/a.env', { mode: 0o100755 as const, link: file('A=2\n').entry.link }]]) })
  const side = await add({ type: 'TASK', title: 'on a branch — with ümläuts', agent: 'çağrı' }, { ref: 'refs/heads/side/one' })
  const big = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 7919) >>> 3)
  if (options.large !== 'none') await add({ type: 'DOC', ...files({ 'project/big.bin': big }) })
  if (options.large !== 'none') await add({ type: 'RESEARCH', body: { title: 'large', reason: 'r'.repeat(70_000), metadata: { note: 'm'.repeat(70_000), n: 1 } } as Draft['body'] })
  const output = file('output\n')
  const tested = await add({ type: 'TEST', body: { title: 'evidence', evidence: [{ name: 'run', phase: 'after', command: ['true'], exitCode: 0, content: output.entry.link }] } as Draft['body'], objects: output.objects })
  await add({ type: 'MERGE', title: 'merge', otherParents: [side.id], influencedBy: [{ object: digestOf(side.id) }, { object: 'ab'.repeat(32) as never, store: 'cd'.repeat(16) }] }, { command: 'merge' })
  for (let index = 0; index < 18; index++) await add({ type: index % 2 === 0 ? 'STATUS' : 'CFG', title: `step ${String(index)}`, ...(index % 2 === 0 ? {} : files({ [`project/many/f${String(index)}`]: String(index) })) })
  await add({ type: 'DECISION', timeMs: START_MS - 1_000_000, title: 'the clock went back' })
  if (options.names !== undefined) await add({ type: 'CFG', ...files(Object.fromEntries(Array.from({ length: options.names }, (_, index) => [`project/wide/name-${String(index)}`, 'same']))) })
  await add({ type: 'REVERT', operation: 'revert', title: 'take it back', influencedBy: [{ object: digestOf(first.id) }], body: { title: 'take it back', metadata: { reverts: digestOf(first.id) } } as Draft['body'] })
  await add({ type: 'SAGE', title: 'refuted', influencedBy: [{ object: digestOf(first.id) }], body: { title: 'refuted', metadata: { conclusion: 'refuted' } } as Draft['body'] })
  const secret = await add({ type: 'DECISION', title: 'secret' })
  const tag = seal(encodeTag({ name: 'v1', target: tested.id, agent: 'ann', timeMs: START_MS, message: 'first' }))
  await recorder.transact('tag', (tx) => {
    tx.put(tag, [tested.id])
    tx.edit({ ref: 'refs/tags/v1', expected: undefined, next: pointAt(tag.id) })
    tx.edit({ ref: 'refs/tags/light', expected: undefined, next: pointAt(first.id) })
  })
  await recorder.transact('branch', (tx) => { tx.edit({ ref: 'refs/heads/gone', expected: undefined, next: pointAt(first.id) }) })
  await recorder.transact('branch', (tx) => { tx.edit({ ref: 'refs/heads/gone', expected: 'any', next: undefined }) })
  const receipt = seal(encodeReceipt({ object: secret.header.body, role: 'body', timeMs: START_MS, reason: 'secret' }))
  await recorder.transact('forget', (tx) => {
    tx.put(receipt)
    tx.deleteRecord(objectKey(secret.header.body))
    eraseTitle(tx, secret.seq)
    tx.edit({ ref: `refs/atom/forgotten/${digestOf(secret.header.body)}`, expected: undefined, next: pointAt(receipt.id) })
  })
  return { ...recorder, atoms, forgotten: secret.header.body }
}
