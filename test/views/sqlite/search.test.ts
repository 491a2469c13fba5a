import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../helpers/cli.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import type { TrailTables } from '../../../src/ops/ports.js'
import { createSqliteView } from '../../../src/views/sqlite/view.js'

interface Fixture {
  readonly atoms: readonly { readonly key: string; readonly type: string; readonly title: string; readonly reason?: string; readonly path?: string; readonly text?: string; readonly metadata?: object }[]
  readonly questions: readonly { readonly asks: string; readonly answer: string }[]
}

const { atoms, questions } = JSON.parse(readFileSync(join(ROOT, 'fixtures/recall/questions.json'), 'utf8')) as Fixture
const newFolder = temporaryFolders()
let repo: MemoryRepo
let tables: TrailTables

beforeAll(async () => {
  repo = await aRepo()
  for (const { key: _, path, text, ...input } of atoms) {
    repo.clock.advance(3_600_000)
    if (path !== undefined) repo.worktree.put(path, text ?? '')
    await repo.add({ ...input, ...(path !== undefined && { files: [path] }) } as Parameters<typeof repo.add>[0])
  }
  tables = createSqliteView(newFolder())
  await tables.follow(repo)
})

async function keysFor(asks: string, limit = 3): Promise<readonly (string | undefined)[]> {
  return (await tables.search(asks, limit)).map(({ seq }) => atoms[seq - 1]?.key)
}

describe('what answers a question', () => {
  it('is among the first three for nine of ten questions, and first for most', async () => {
    expect(questions).toHaveLength(50)
    const missed: string[] = []
    let first = 0
    for (const { asks, answer } of questions) {
      const keys = await keysFor(asks)
      if (keys[0] === answer) first++
      if (!keys.includes(answer)) missed.push(`${asks} → ${String(keys)}`)
    }
    expect(missed.slice(5), missed.join('\n')).toEqual([])
    expect(first).toBeGreaterThanOrEqual(38)
  })

  it('is found by the beginning of a word, with a typo, and whatever the accents', async () => {
    expect((await keysFor('cyberp'))[0]).toMatch(/^cp-/)
    expect((await keysFor('pipewrie'))[0]).toBe('audio')
    expect((await keysFor('grossere')).concat(await keysFor('größere'))).toContain('keyboard')
    expect((await keysFor('日本'))[0]).toBe('jp')
  })

  it('is nothing for words that nothing has, for blanks, and for what looks like a query', async () => {
    for (const asks of ['qqqq zzzz', '   ', '?!', '"', 'NEAR(', 'title:', '* OR *', 'a" OR "b', '\0', '🎮']) expect(Array.isArray(await tables.search(asks, 3))).toBe(true)
    expect(await tables.search('xyzzyplugh', 3)).toEqual([])
  })

  it('ranks what was taken back behind what was not', async () => {
    const own = await aRepo()
    const { atom } = await own.add({ title: 'the frame limit is sixty' })
    await own.add({ title: 'the frame limit is ninety' })
    await own.add({ type: 'REVERT', title: 'no', influencedBy: [atom.header.atomId] })
    const view = createSqliteView(newFolder())
    await view.follow(own)
    expect((await view.search('frame limit', 2)).map(({ seq }) => seq)).toEqual([2, 1])
  })
})
