import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { idOf, type ObjectId } from '../../../src/codec/object-id.js'
import { createLearned, type Learned, type LearnedObject } from '../../../src/exchange/git/learned.js'
import { temporaryFolders } from '../../helpers/git.js'

const folder = temporaryFolders()
const id = (text: string): ObjectId => idOf(utf8(text), 'dag-cbor')

async function all(giving: ReturnType<Learned['give']>): Promise<{ readonly given: readonly LearnedObject[]; readonly left: readonly ObjectId[] }> {
  const given: LearnedObject[] = []
  for (;;) {
    const next = await giving.next()
    if (next.done === true) return { given, left: next.value }
    given.push(next.value)
  }
}
const textOf = ({ bytes }: LearnedObject): string => Buffer.from(bytes).toString()

/** Commits a, b, c and d: b and d come after a, c after b. */
function fill(learned: Learned): void {
  for (const [name, parents] of [['a', ['before']], ['b', ['a']], ['?', []], ['c', ['b']], ['d', ['a']]] as const) {
    learned.add(id(`content of ${name}`), utf8(`content of ${name}`), 'whole')
    learned.add(id(name), utf8(name), name === 'c' ? 'large' : 'whole')
    learned.close(name === '?' ? undefined : id(name), parents.map(id))
  }
}

describe('what was learned', () => {
  it('is given owners first, the newest first, as far as it is wanted and not here', async () => {
    await using learned = createLearned(join(folder(), 'learned'))
    expect(learned.isEmpty).toBe(true)
    fill(learned)
    const { given, left } = await all(learned.give([id('c'), id('elsewhere')], () => false))
    expect(given.map(textOf)).toEqual(['c', 'content of c', 'b', 'content of b', 'a', 'content of a'])
    expect(given.map((object) => [object.id, object.kind])).toEqual(given.map((object) => [id(textOf(object)), textOf(object) === 'c' ? 'large' : 'whole']))
    expect([...left].sort()).toEqual([id('elsewhere'), id('before')].sort())
    const second = await all(learned.give([id('c'), id('d')], (one) => one === id('b')))
    expect(second.given.map(textOf)).toEqual(['d', 'content of d', 'c', 'content of c', 'a', 'content of a'])
    await learned.clear()
    expect([learned.isEmpty, (await all(learned.give([id('c')], () => false))).left]).toEqual([true, [id('c')]])
  })

  it('lies in a file where it is much, and is gone with it', async () => {
    const path = join(folder(), 'learned')
    {
      await using learned = createLearned(path)
      const texts = Array.from({ length: 40 }, (_, at) => `${String(at)} `.repeat(50_000 + at * 1_000))
      for (const [at, text] of texts.entries()) {
        learned.add(id(text), utf8(text), 'whole')
        learned.close(id(text), at === 0 ? [] : [id(texts[at - 1] ?? '')])
        if (learned.isFull && at < 30) await learned.write()
      }
      expect(existsSync(path)).toBe(true)
      expect((await all(learned.give([id(texts.at(-1) ?? '')], () => false))).given.map(textOf)).toEqual(texts.reverse())
    }
    expect(existsSync(path)).toBe(false)
  })
})
