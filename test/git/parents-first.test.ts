import { expect, it } from 'vitest'
import type { Oid } from '../../src/git/git-object.js'
import { parentsFirst } from '../../src/git/parents-first.js'

const HISTORY: { readonly [id: string]: readonly string[] } = { root: [], left: ['root'], right: ['root', 'gone'], merge: ['left', 'right'], tip: ['merge'] }
const parents = async (id: string): Promise<readonly string[] | undefined> => HISTORY[id]

async function walk(tips: readonly string[], done?: Set<Oid>): Promise<readonly string[]> {
  const found: string[] = []
  for await (const id of parentsFirst(tips as readonly Oid[], parents as (id: Oid) => Promise<readonly Oid[] | undefined>, done)) found.push(id)
  return found
}

it('gives each commit once, after its parents, and leaves out what is not there', async () => {
  expect(await walk(['tip', 'left', 'nowhere'])).toEqual(['root', 'left', 'right', 'merge', 'tip'])
  expect(await walk([])).toEqual([])
})

it('stops at what is done already, and remembers what it gave', async () => {
  const done = new Set(['left', 'root'] as Oid[])
  expect(await walk(['tip'], done)).toEqual(['right', 'merge', 'tip'])
  expect(await walk(['tip'], done)).toEqual([])
})

it('goes as deep as a history is long', async () => {
  const found: Oid[] = []
  for await (const id of parentsFirst(['100000' as Oid], async (oid) => (oid === '0' ? [] : [String(Number(oid) - 1) as Oid]))) found.push(id)
  expect([found.length, found[0], found.at(-1)]).toEqual([100_001, '0', '100000'])
})
