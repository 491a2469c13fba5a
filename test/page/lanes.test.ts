import { expect, it } from 'vitest'
import type { ObjectId } from '../../src/codec/object-id.js'
import { createLanes } from '../../src/page/lanes.js'

const id = (name: string): ObjectId => name as ObjectId

it('gives each open line a column, and brings lines together at the ATOM that they share', () => {
  const next = createLanes()
  const rows = ([['merge', ['ours', 'theirs']], ['theirs', ['base']], ['ours', ['base']], ['base', []]] as const).map(([name, parents]) => next({ id: id(name), parents: parents.map(id) }))
  expect(rows.map(({ column, hasChild, columns }) => [column, hasChild, columns])).toEqual([[0, false, 2], [1, true, 2], [0, true, 2], [0, true, 1]])
  expect(rows[0]?.lines).toEqual([{ from: 0, to: 0, start: 'atom' }, { from: 0, to: 1, start: 'atom' }])
  expect(rows[1]?.lines).toEqual([{ from: 0, to: 0, start: 'above' }, { from: 1, to: 1, start: 'atom' }])
  expect(rows[2]?.lines).toEqual([{ from: 1, to: 0, start: 'above' }, { from: 0, to: 0, start: 'atom' }])
  expect(rows[3]?.lines).toEqual([])
})

it('begins a column for a tip that nothing leads to', () => {
  const next = createLanes()
  next({ id: id('one'), parents: [id('root')] })
  expect(next({ id: id('other'), parents: [id('root')] })).toMatchObject({ column: 1, hasChild: false })
})
