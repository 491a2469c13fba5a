import { expect, it } from 'vitest'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { NO_TAINT } from '../../../src/trail/taint.js'
import { createAtomSource } from '../../../src/views/sqlite/read-atom.js'
import { SEARCH_COLUMNS } from '../../../src/views/sqlite/schema.js'
import { CONTENT_MAX_BYTES, searchRow, setApart } from '../../../src/views/sqlite/search-text.js'

function textsOf(repo: MemoryRepo, seq: number): { readonly [column: string]: string } {
  const row = searchRow(repo.objects, createAtomSource(repo, NO_TAINT).read(seq))
  return Object.fromEntries(SEARCH_COLUMNS.map(([name], index) => [name, row[index] ?? '']))
}

it('a file counts with the lines that an ATOM brought, and with none that were there', async () => {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'ONE=1\nTWO=2\n')
  await repo.add({ type: 'CFG', title: 'first', files: ['a.env'], evidence: [{ name: 'out', phase: 'after', content: Buffer.from('crashed here') }], metadata: { list: ['deep', { key: 12 }], flag: true } })
  repo.worktree.put('a.env', 'ONE=1\nTWO=3\n')
  await repo.add({ type: 'CFG', title: 'second', files: ['a.env'] })
  expect(textsOf(repo, 1)).toMatchObject({ title: 'first', paths: 'a.env', contents: 'ONE=1\nTWO=2\n\ncrashed here', names: 'CFG\ncreate_file\ntester\ndemo' })
  expect(textsOf(repo, 1)['details']?.split('\n')).toEqual(expect.arrayContaining(['list', 'deep', 'key', '12', 'flag', 'out']))
  expect(textsOf(repo, 2)['contents']).toBe('TWO=3')
})

it('what is no text is not searched, and of long ones the beginning, cut at a character', async () => {
  const repo = await aRepo()
  repo.worktree.put('b.bin', Uint8Array.of(0, 1, 2))
  repo.worktree.put('latin.txt', Uint8Array.of(0xe9, 0x20))
  repo.worktree.put('long.txt', `${'x'.repeat(CONTENT_MAX_BYTES - 1)}é and more`)
  repo.worktree.put('huge.txt', 'word '.repeat(400_000))
  await repo.add({ title: 'files', files: ['b.bin', 'latin.txt', 'long.txt', 'huge.txt'] })
  const contents = textsOf(repo, 1)['contents'] ?? ''
  expect([contents.includes('and more'), contents.includes('\ufffd'), contents.includes('word')]).toEqual([false, false, true])
  expect(contents.length).toBeLessThan(2 * CONTENT_MAX_BYTES + 10)
})

it('scripts without spaces are set apart, others are left alone', () => {
  expect(setApart('設定ファイル gaming é')).toBe(' 設  定  フ  ァ  イ  ル  gaming é')
  expect(setApart('Пример 🎮 مثال')).toBe('Пример 🎮 مثال')
})
