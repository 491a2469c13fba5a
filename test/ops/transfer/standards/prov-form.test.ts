import { expect, it } from 'vitest'
import type { Digest } from '../../../../src/codec/object-id.js'
import { namedAtoms, outsideActivity, PREFIXES, SECTIONS } from '../../../../src/ops/transfer/standards/prov-form.js'
import { readRecord } from '../../../../src/trail/record.js'
import { record } from '../../../helpers/branches.js'
import { aRepo } from '../../../helpers/memory-repo.js'

it('every section has its part of an ATOM, and files only where it asks for them', async () => {
  const repo = await aRepo()
  await record(repo, { a: '1' })
  await record(repo, { a: '2', b: '1' })
  const whole = readRecord(repo, 2, { files: 'include' })
  const counts = SECTIONS.map(({ name, items }) => [name, [...items(whole)].length])
  // Two files after, one before: three contents of which one may come again.
  expect(counts).toEqual([['agent', 1], ['activity', 1], ['entity', 6], ['wasAssociatedWith', 1], ['wasInformedBy', 1], ['used', 1], ['wasGeneratedBy', 3], ['wasDerivedFrom', 1], ['specializationOf', 2]])
})

it('an ATOM outside is its id', () => {
  const object = 'ab'.repeat(32) as Digest
  expect(outsideActivity(object)).toEqual({ id: `act:${object}`, value: { 'atom:object': object, 'atom:outside': true } })
  expect(Object.values(PREFIXES).every((uri) => URL.canParse(uri))).toBe(true)
})

it('names parents before influences', async () => {
  const repo = await aRepo()
  await repo.draft({ influencedBy: [{ object: 'cd'.repeat(32) as Digest }] })
  expect(namedAtoms(readRecord(repo, 1)).map(({ relation }) => relation)).toEqual(['parent', 'influence'])
})
