import { describe, expect, it } from 'vitest'
import { encode, Float } from '../../src/codec/cbor.js'
import { objectId } from '../../src/codec/object-id.js'
import { encodeAtom } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { encodeFile } from '../../src/object/file.js'
import { opReferences, ownedLinks } from '../../src/object/links.js'
import { encodeOp, type Op } from '../../src/object/op.js'
import { openAny } from '../../src/object/open.js'
import { encodeReceipt } from '../../src/object/receipt.js'
import { encodeRefs } from '../../src/object/refs.js'
import { encodeTag } from '../../src/object/tag.js'
import { encodeTree, FILE_MODE, FOLDER_MODE, SYMLINK_MODE } from '../../src/object/tree.js'
import { aBlake3Cid, aBodyOf, aCid, aDigest, anAtomHeader, anId } from '../helpers/objects.js'

const linksOf = (bytes: Uint8Array): string[] => ownedLinks(openAny(bytes)).map(({ role, id }) => `${role} ${names.get(id) ?? id}`)
const names = new Map(['a', 'b', 'c', 'parent', 'tree', 'body'].flatMap((seed) => [[anId(seed), seed], [anId(seed, 'raw'), `${seed}, raw`]] as const))
const anOp = (changed: Partial<Op>): Op => ({ store: '00'.repeat(16), seq: 2, previous: anId('a'), timeMs: 0, agent: 'x', command: 'x', changes: [], ...changed })

describe('ownedLinks', () => {
  it('of an atom are its parents, its tree and its body; who influenced it is a reference', () => {
    const parents = [anId('b'), anId('a')]
    expect(linksOf(encodeAtom(anAtomHeader({ parents, influencedBy: [{ object: aDigest('c') }] })))).toEqual(['parent b', 'parent a', 'tree tree', 'body body'])
  })
  it('of a body are its large values and the content of its evidence, repeats kept', () => {
    const evidence = [{ name: 'x', phase: 'before', content: anId('a', 'raw') }, { name: 'y', phase: 'after' }, { name: 'z', phase: 'after', content: anId('a', 'raw') }] as const
    expect(linksOf(encodeBody(aBodyOf({ title: '', large: { title: anId('b') }, evidence, metadata: { link: aCid('c') } })))).toEqual(['content b', 'content a, raw', 'content a, raw'])
  })
  it('of a tree are folders as trees, files and symlinks as contents, leaves as trees', () => {
    const entries = new Map([['a', { mode: FOLDER_MODE, link: anId('a') }], ['b', { mode: FILE_MODE, link: anId('b') }], ['c', { mode: SYMLINK_MODE, link: anId('c', 'raw') }]] as const)
    expect(linksOf(encodeTree({ is: 'entries', entries }))).toEqual(['tree a', 'content b', 'content c, raw'])
    expect(linksOf(encodeTree({ is: 'node', leaves: new Map([['f', anId('a')], ['0', anId('b')]]) }))).toEqual(['tree b', 'tree a'])
  })
  it('of the other kinds are chunks, the op before, the target and the refs; a receipt has none', () => {
    expect(linksOf(encodeFile({ sizeBytes: 1_048_577, digest: aDigest('c'), chunks: [anId('a', 'raw'), anId('b', 'raw')] }))).toEqual(['chunk a, raw', 'chunk b, raw'])
    expect(linksOf(encodeOp(anOp({})))).toEqual(['previous a'])
    const { previous: _, ...first } = anOp({ seq: 1 })
    expect(linksOf(encodeOp(first))).toEqual([])
    expect(linksOf(encodeTag({ name: 'v1', target: anId('c'), agent: 'x', timeMs: 0, message: '' }))).toEqual(['target c'])
    expect(linksOf(encodeReceipt({ object: anId('a'), role: 'body', timeMs: 0, reason: 'x' }))).toEqual([])
    expect(linksOf(encodeRefs(new Map([['x', anId('b')], ['a', anId('c')]])))).toEqual(['ref c', 'ref b'])
  })
  it('of an unknown kind are all links anywhere in it whose hash is ours', () => {
    const value = { kind: 'new', version: 1, a: [aCid('a'), { '__proto__': 1, 'b': [aCid('b', 'raw')] }], f: new Float(1), x: aBlake3Cid(), y: new Uint8Array(36), z: null }
    expect(linksOf(encode(value))).toEqual(['unknown a', 'unknown b, raw'])
  })
})

describe('opReferences', () => {
  it('are the objects before and after; names of refs are none', () => {
    const changes = [
      { ref: 'HEAD', before: { is: 'symbolic', ref: 'refs/heads/main' }, after: { is: 'object', digest: aDigest('a') } },
      { ref: 'refs/heads/main', before: { is: 'object', digest: aDigest('b') } }, { ref: 'refs/heads/x' },
    ] as const
    expect(opReferences(openAny(encodeOp(anOp({ changes }))))).toEqual([aDigest('a'), aDigest('b')].map((digest) => objectId(digest, 'dag-cbor')))
    expect(opReferences(openAny(encodeRefs(new Map([['a', anId('a')]]))))).toEqual([])
  })
})
