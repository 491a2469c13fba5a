import { expect, it } from 'vitest'
import { LinkCounts } from '../../../src/history/keep/link-counts.js'
import { KeyedHash } from '../../../src/history/verify/keyed-hash.js'
import { anId } from '../../helpers/objects.js'

const counts = (): LinkCounts => new LinkCounts(new KeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)))

it('counts down to nothing and never below, each id for itself', () => {
  const links = counts()
  for (const seed of ['a', 'b', 'a']) links.add(anId(seed))
  expect([links.count(anId('a')), links.count(anId('b')), links.count(anId('c'))]).toEqual([2, 1, 0])
  expect([links.remove(anId('a')), links.remove(anId('a')), links.remove(anId('a'))]).toEqual([1, 0, 0])
  expect([links.count(anId('b')), links.remove(anId('c')), links.count(anId('c'))]).toEqual([1, 0, 0])
  links.add(anId('a'))
  expect(links.count(anId('a'))).toBe(1)
})

it('tells a content from an object of the same digest', () => {
  const links = counts()
  links.add(anId('a', 'raw'))
  expect([links.count(anId('a', 'raw')), links.count(anId('a', 'dag-cbor'))]).toEqual([1, 0])
})

it('keeps every count while it grows, also those that are back at nothing', () => {
  const links = counts()
  const ids = Array.from({ length: 10_000 }, (_, index) => anId(String(index)))
  for (const [index, id] of ids.entries()) for (let times = index % 4; times > 0; times--) links.add(id)
  for (const [index, id] of ids.entries()) if (index % 4 === 1) links.remove(id)
  for (const id of Array.from({ length: 5_000 }, (_, index) => anId(`more ${String(index)}`))) links.add(id)
  expect(ids.filter((id, index) => links.count(id) !== (index % 4 === 1 ? 0 : index % 4))).toEqual([])
})
