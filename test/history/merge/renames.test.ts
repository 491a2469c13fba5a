import { expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { findRenames, type PathOf } from '../../../src/history/merge/renames.js'
import { FILE_MODE, SYMLINK_MODE, type EntryMode } from '../../../src/object/tree.js'
import { sealContent } from '../../../src/store/content.js'

const contents = new Map<string, Uint8Array>()
const reader = { getObject: (id: string): Uint8Array | undefined => contents.get(id) }

function at(path: string, text: string, mode: EntryMode = FILE_MODE): PathOf {
  const sealed = sealContent(utf8(text))
  for (const { id, bytes } of sealed.objects) contents.set(id, bytes)
  return { path, entry: { mode, link: sealed.id } }
}

const found = (gone: readonly PathOf[], added: readonly PathOf[]): Record<string, string> =>
  Object.fromEntries([...findRenames(reader, gone, added)].map(([from, to]) => [from, to.path]))

it('prefers an equal content, then the most similar one from half on', () => {
  const text = 'alpha\nbeta\ngamma\ndelta\n'
  expect(found([at('a', text)], [at('b', text.replace('beta', 'BETA')), at('c', text)])).toEqual({ a: 'c' })
  expect(found([at('a', text)], [at('b', text.replace('beta', 'BETA')), at('c', 'nothing alike, but of a length like it')])).toEqual({ a: 'b' })
  expect(found([at('a', text)], [at('b', 'quite another content\nof two lines\n')])).toEqual({})
})

it('gives each added file to one, by the same name where there is a choice', () => {
  expect(found([at('x/one', 'same\n'), at('x/two', 'same\n')], [at('y/two', 'same\n'), at('y/one', 'same\n'), at('y/three', 'same\n')])).toEqual({ 'x/one': 'y/one', 'x/two': 'y/two' })
})

it('knows nothing of empty or forgotten files, and never takes a symlink for a file', () => {
  expect(found([at('a', 'target', SYMLINK_MODE)], [at('b', 'target')])).toEqual({})
  const forgotten = at('a', 'forgotten\n')
  contents.delete(forgotten.entry.link)
  expect(found([forgotten], [at('b', 'forgotten too\n')])).toEqual({})
})
