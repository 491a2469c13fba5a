import { expect, test } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { getHeader, readAhead } from '../../../src/ops/keep/read-ahead.js'
import { objectKey, seqKey } from '../../../src/store/keys.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { anId } from '../../helpers/objects.js'

test('reads what the index of ATOMs is made from, each kind in the order of the keys, and knows what is not there', async () => {
  const repo = await aRepo()
  const atoms = [await repo.add({ title: 'one' }), await repo.add({ title: 'two' })].map(({ atom }) => atom)
  const missing = anId('missing')
  const asked: string[] = []
  const records = { ...repo.store, getRecord: (key: Uint8Array) => { asked.push(Buffer.from(key).toString('hex')); return repo.store.getRecord(key) } }
  const read = readAhead(records, [...atoms.map(({ id }) => id), missing])
  for (const { id, header } of atoms) {
    expect(read.peek(objectKey(id))).toEqual(repo.store.getRecord(objectKey(id)))
    expect(read.peek(objectKey(header.body))).toEqual(repo.store.getRecord(objectKey(header.body)))
    expect(read.peek(seqKey(digestOf(id)))).toEqual(repo.store.getRecord(seqKey(digestOf(id))))
  }
  expect([read.peek(objectKey(missing)), read.peek(seqKey(digestOf(missing))), read.peek(objectKey(anId('other')))]).toEqual(['absent', 'absent', undefined])
  const [headers, seqs, bodies] = [asked.slice(0, 3), asked.slice(3, 6), asked.slice(6)]
  for (const list of [headers, seqs, bodies]) expect(list).toEqual([...list].sort())
  expect(bodies).toHaveLength(2)
  read.drop(seqKey(digestOf(missing)))
  expect(read.peek(seqKey(digestOf(missing)))).toBeUndefined()
})

test('bytes that are no header give none', () => {
  expect([getHeader(new Uint8Array(0)), getHeader(Uint8Array.of(0xaa, 1, 2))]).toEqual([undefined, undefined])
})
