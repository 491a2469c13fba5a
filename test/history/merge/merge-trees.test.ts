import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { mergeTrees, withMade } from '../../../src/history/merge/merge-trees.js'
import type { TreeMerge } from '../../../src/history/merge/types.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type EntryMode } from '../../../src/object/tree.js'
import { readContent, sealContent } from '../../../src/store/content.js'
import { walkTree } from '../../../src/tree/read.js'
import { aTreeStore, type TreeStore } from '../../helpers/trees.js'

type Files = Readonly<Record<string, string | readonly [text: string, mode: EntryMode]>>

function treeOf(store: TreeStore, files: Files): ObjectId {
  const entries = Object.entries(files).map(([path, content]) => {
    const [text, mode] = typeof content === 'string' ? [content, FILE_MODE] as const : content
    const sealed = sealContent(utf8(text))
    for (const { id, bytes } of sealed.objects) store.objects.set(id, bytes)
    return [path, { mode, link: sealed.id }] as const
  })
  return store.of(new Map(entries))
}

interface Outcome { readonly merge: TreeMerge; readonly files: Record<string, string>; readonly conflicts: readonly string[] }

async function merged(base: Files, ours: Files, theirs: Files): Promise<Outcome> {
  const store = aTreeStore()
  const sides = { base: treeOf(store, base), ours: treeOf(store, ours), theirs: treeOf(store, theirs) }
  const merge = await mergeTrees(store, sides, { labels: { ours: 'ours', theirs: 'theirs' } })
  const reader = withMade(store, merge.objects)
  const files: Record<string, string> = {}
  for (const { path, mode, link } of walkTree(reader, merge.tree)) files[path] = `${mode === FILE_MODE ? '' : mode === EXECUTABLE_MODE ? '+x ' : '-> '}${new TextDecoder().decode(readContent(reader, link))}`
  return { merge, files, conflicts: merge.conflicts.map(({ kind, path, renamedTo }) => `${kind} ${path}${renamedTo === undefined ? '' : ` to ${renamedTo.join(' ')}`}`) }
}

const LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n'

describe('mergeTrees', () => {
  it('takes what one side changed, and what both changed alike', async () => {
    const { files, conflicts } = await merged(
      { a: '1', b: '1', c: '1', d: '1', 'dir/x': '1' }, { a: '2', b: '1', d: '3', 'dir/x': '1', new: 'n' }, { a: '1', b: '2', c: '1', d: '3', 'dir/x': '2', new: 'n', 'dir/y': '1' },
    )
    expect(conflicts).toEqual([])
    expect(files).toEqual({ a: '2', b: '2', d: '3', 'dir/x': '2', 'dir/y': '1', new: 'n' })
  })

  it('merges contents by key or by line, and executable bits beside them', async () => {
    const { files, conflicts } = await merged(
      { 's.env': 'A=1\nB=1\n', 't.txt': LINES }, { 's.env': 'A=2\nB=1\n', 't.txt': [LINES.replace('one', 'ONE'), EXECUTABLE_MODE] }, { 's.env': 'A=1\nB=2\n', 't.txt': LINES.replace('seven', 'SEVEN') },
    )
    expect(conflicts).toEqual([])
    expect(files).toEqual({ 's.env': 'A=2\nB=2\n', 't.txt': `+x ${LINES.replace('one', 'ONE').replace('seven', 'SEVEN')}` })
  })

  it('marks what both changed, and names the keys of settings', async () => {
    const { files, conflicts, merge } = await merged({ 't.txt': '1\n', 's.env': 'A=1\n' }, { 't.txt': '2\n', 's.env': 'A=2\n' }, { 't.txt': '3\n', 's.env': 'A=3\n' })
    expect(conflicts).toEqual(['content s.env', 'content t.txt'])
    expect(merge.conflicts[0]?.keys).toEqual(['A'])
    expect(files['t.txt']).toBe('<<<<<<< ours\n2\n=======\n3\n>>>>>>> theirs\n')
    expect((await merged({}, { f: 'a\n' }, { f: 'b\n' })).conflicts).toEqual(['add-add f'])
    expect((await merged({}, { f: 'a\n' }, { f: ['a\n', EXECUTABLE_MODE] })).conflicts).toEqual(['add-add f'])
  })

  it('keeps the changed file where the other side deleted it', async () => {
    for (const [ours, theirs] of [[{}, { f: '2' }], [{ f: '2' }, {}]] as const) {
      const { files, conflicts } = await merged({ f: '1' }, ours, theirs)
      expect([files, conflicts]).toEqual([{ f: '2' }, ['modify-delete f']])
    }
  })

  it('never merges symlinks or binaries', async () => {
    expect((await merged({ f: ['x', SYMLINK_MODE] }, { f: ['y', SYMLINK_MODE] }, { f: ['z', SYMLINK_MODE] })).conflicts).toEqual(['content f'])
    expect((await merged({ f: 'x' }, { f: ['y', SYMLINK_MODE] }, { f: 'z' })).conflicts).toEqual(['type f'])
    const { files, merge } = await merged({ f: 'x\0' }, { f: 'y\0' }, { f: 'z\0' })
    expect([files['f'], merge.conflicts[0]?.isMarked]).toEqual(['y\0', false])
  })

  it('reports a file against a folder, and drops neither without a word', async () => {
    const { files, conflicts } = await merged({}, { a: 'file' }, { 'a/b': 'below' })
    expect([files, conflicts]).toEqual([{ a: 'file' }, ['type a/b']])
    const other = await merged({}, { 'a/b': 'below' }, { a: 'file' })
    expect([other.files, other.conflicts]).toEqual([{ 'a/b': 'below' }, ['type a']])
    expect((await merged({ 'a/b': '1' }, { 'a/b': '1' }, { a: 'file' })).files).toEqual({ a: 'file' })
    expect((await merged({ 'a/b': '1' }, { 'a/b': '2' }, { a: 'file' })).conflicts).toEqual(['type a', 'modify-delete a/b'])
  })

  it('takes a pure rename as it is, and reports one against anything the other side did', async () => {
    expect(await merged({ old: LINES }, { new: LINES }, { old: LINES, x: '1' })).toMatchObject({ files: { new: LINES, x: '1' }, conflicts: [] })
    const edited = LINES.replace('two', 'TWO')
    expect((await merged({ old: LINES }, { new: LINES }, { old: edited })).conflicts).toEqual(['rename old to new'])
    expect((await merged({ old: LINES }, { old: edited }, { 'dir/new': LINES.replace('six', 'SIX') })).conflicts).toEqual(['rename old to dir/new'])
    expect((await merged({ old: LINES }, { new: LINES }, {})).conflicts).toEqual(['rename old to new'])
    expect((await merged({ old: LINES }, { a: LINES }, { b: LINES })).conflicts).toEqual(['rename old to a b'])
    expect((await merged({ old: LINES }, { a: LINES }, { a: LINES })).conflicts).toEqual([])
  })

  it('reads nothing that neither side changed', async () => {
    const store = aTreeStore()
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`dir${String(index % 5)}/file${String(index)}`, String(index)]))
    const base = treeOf(store, many)
    const [ours, theirs] = [treeOf(store, { ...many, 'dir1/file1': 'x' }), treeOf(store, { ...many, 'dir2/file2': 'y' })]
    const read = new Set<string>()
    await mergeTrees({ getObject: (id) => { read.add(id); return store.getObject(id) } }, { base, ours, theirs }, { labels: { ours: 'o', theirs: 't' } })
    // Three roots and the two folders that changed, each before and after; no content.
    expect(read.size).toBeLessThanOrEqual(8)
  })
})
