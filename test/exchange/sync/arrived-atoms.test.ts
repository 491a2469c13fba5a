import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { ArrivedAtoms } from '../../../src/exchange/sync/arrived-atoms.js'
import { KeyedHash } from '../../../src/history/verify/keyed-hash.js'
import { ObjectTable } from '../../../src/history/verify/object-table.js'
import { anId } from '../../helpers/objects.js'

const atom = (number: number): ObjectId => anId(`atom ${String(number)}`)

/** ATOMs with the numbers of their parents, as they arrived. */
function arrived(atoms: readonly (readonly [number: number, parents: readonly number[]])[]): ArrivedAtoms {
  const all = new ArrivedAtoms(new KeyedHash(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])), new ObjectTable())
  for (const [number, parents] of atoms) all.add(atom(number), parents.map(atom))
  return all
}

describe('the ATOMs that arrived', () => {
  it('come parents first, those that a tip reaches alone or all of them', () => {
    const all = arrived([[5, [3, 4]], [4, [2]], [9, [8]], [3, [2]], [2, [1]]])
    expect([...all.parentsFirst([atom(5)])]).toEqual([2, 4, 3, 5].map(atom))
    expect([...all.parentsFirst([atom(4), atom(7)])]).toEqual([2, 4].map(atom))
    expect([...all.parentsFirst([atom(4)], 'and the others')]).toEqual([2, 4, 3, 5, 9].map(atom))
    expect(all.count).toBe(5)
  })

  it('of a long line come without a look at any bytes', () => {
    const all = arrived(Array.from({ length: 5_000 }, (_, index) => [5_000 - index, [4_999 - index]] as const))
    expect([...all.parentsFirst([atom(5_000)])]).toEqual(Array.from({ length: 5_000 }, (_, index) => atom(index + 1)))
  })

  it('come each once and after all of its parents, whatever the graph', () => {
    const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 60 }).map((lists) => lists.map((list, number) => [number, number === 0 ? [] : [...new Set(list.map((parent) => parent % number))]] as const))
    fc.assert(fc.property(graph, fc.nat(), (atoms, seed) => {
      const shuffled = atoms.map((one, index) => [(index * 7_919 + seed) % 61, one] as const).sort(([left], [right]) => left - right).map(([, one]) => one)
      const order = [...arrived(shuffled).parentsFirst([], 'and the others')]
      expect(new Set(order).size).toBe(atoms.length)
      for (const [number, parents] of atoms) for (const parent of parents) expect(order.indexOf(atom(parent))).toBeLessThan(order.indexOf(atom(number)))
    }))
  })
})
