import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../src/base/bytes.js'
import { digestOf, objectId, type Digest } from '../../../src/codec/object-id.js'
import { PlainAtom, PlainBody, PlainTree } from '../../../src/history/verify/plain-objects.js'
import { encodeAtom, type AtomHeader } from '../../../src/object/atom.js'
import type { AtomId } from '../../../src/object/atom-id.js'
import { encodeBody } from '../../../src/object/body.js'
import { openAny } from '../../../src/object/open.js'
import { encodeTree, type TreeEntry } from '../../../src/object/tree.js'

const id = (byte: string): ReturnType<typeof objectId> => objectId(byte.repeat(32) as Digest, 'dag-cbor')
const header: AtomHeader = {
  atomId: 'ATOM-CFG-20260102-003' as AtomId, operation: 'modify_file', agent: 'claude-code', timeMs: 1_767_312_000_000,
  parents: [id('0a')], influencedBy: [{ object: 'ef'.repeat(32) as Digest }], tree: id('0b'), body: id('0c'),
}
const entries = new Map<string, TreeEntry>([['a', { mode: 0o100644, link: objectId('01'.repeat(32) as Digest, 'raw') }], ['dir', { mode: 0o040000, link: id('02') }], ['x.sh', { mode: 0o100755, link: id('03') }]])
const samples: readonly Uint8Array[] = [
  encodeAtom(header), encodeAtom({ ...header, parents: [], influencedBy: [] }),
  encodeBody({ title: 'a title', reason: 'r'.repeat(300), project: 'p', salt: new Uint8Array(16), metadata: { a: 1, b: [true, null, -70_000, { c: 'x' }] }, contextSyncRef: 'r' }),
  encodeBody({ title: '' }), encodeTree({ is: 'entries', entries }), encodeTree({ is: 'entries', entries: new Map() }),
]
const plain = { atom: new PlainAtom(), body: new PlainBody(), tree: new PlainTree() }

function accepted(bytes: Uint8Array): readonly string[] {
  return Object.entries(plain).filter(([, form]) => form.scan(bytes)).map(([kind]) => kind)
}

describe('plain objects', () => {
  it('are read where the whole decoder reads the same', () => {
    expect(samples.map(accepted)).toEqual([['atom'], ['atom'], ['body'], ['body'], ['tree'], ['tree']])
    plain.atom.scan(samples[0] as Uint8Array)
    const { body, tree, parent, timeMs, atomId, influences } = plain.atom
    const digest = (at: number): string => toHex((samples[0] as Uint8Array).subarray(at, at + 32))
    expect({ timeMs, atomId, ids: [body, tree, parent, ...influences].map(digest) }).toEqual({
      timeMs: header.timeMs, atomId: header.atomId, ids: [digestOf(header.body), digestOf(header.tree), digestOf(header.parents[0]!), 'ef'.repeat(32)],
    })
    plain.tree.scan(samples[4] as Uint8Array)
    expect([0, 1, 2].map((index) => [plain.tree.name(index), plain.tree.entry(index)])).toEqual([...entries])
  })

  it('take nothing that the whole decoder refuses, whatever bytes are changed, cut or put in', () => {
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), fc.nat(2), (sample, changes, kind) => {
      let bytes = sample.slice()
      for (const [at, byte] of changes) {
        const place = at % bytes.length
        if (kind === 0) bytes[place] = byte
        else if (kind === 1) bytes = Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)])
        else bytes = Uint8Array.from([...bytes.subarray(0, place), byte, ...bytes.subarray(place)])
      }
      for (const found of accepted(bytes)) expect(openAny(bytes).kind).toBe(found)
    }), { numRuns: 20_000 })
  })

  it('leave to the decoder what is not ASCII, has two parents or is split', () => {
    expect(accepted(encodeAtom({ ...header, agent: 'çağrı' }))).toEqual([])
    expect(accepted(encodeAtom({ ...header, parents: [id('0a'), id('0d')] }))).toEqual([])
    expect(accepted(encodeTree({ is: 'node', leaves: new Map([['0', id('01')]]) }))).toEqual([])
    expect(accepted(encodeBody({ title: 'x', tokens: { input: 1 } }))).toEqual([])
  })
})
