import { expect, test } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { WaitingAtoms, type WaitingAtom } from '../../../src/ops/keep/waiting-atoms.js'

test('gives back what was put on it, the last one first', () => {
  const waiting = new WaitingAtoms()
  const all = Array.from({ length: 300 }, (_, index): WaitingAtom => ({ id: `71${index.toString(16).padStart(64, 'a')}` as ObjectId, state: index % 3 === 0 ? 'opened' : 'new' }))
  for (const atom of all) waiting.push(atom)
  expect(waiting.size).toBe(300)
  const back: WaitingAtom[] = []
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) back.push(next)
  expect(back).toEqual(all.reverse())
  waiting.push(back[0] as WaitingAtom)
  expect([waiting.size, waiting.pop(), waiting.pop()]).toEqual([1, back[0], undefined])
})
