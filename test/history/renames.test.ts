import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { FILE_MODE, SYMLINK_MODE, type EntryMode } from '../../src/object/tree.js'
import { sealContent } from '../../src/store/content.js'
import { findRenames, type FileChange } from '../../src/history/renames.js'
import type { TreeChange } from '../../src/tree/diff.js'

const stored = new Map<string, Uint8Array>()
const reader = { getObject: (id: string) => stored.get(id) }

function entry(text: string, mode: EntryMode = FILE_MODE): { readonly mode: EntryMode; readonly link: ReturnType<typeof sealContent>['id'] } {
  const { id, objects } = sealContent(utf8(text))
  for (const object of objects) stored.set(object.id, object.bytes)
  return { mode, link: id }
}
const added = (path: string, text: string, mode?: EntryMode): TreeChange => ({ path, change: 'add', after: entry(text, mode) })
const gone = (path: string, text: string): TreeChange => ({ path, change: 'delete', before: entry(text) })
const told = (changes: readonly FileChange[]): unknown => changes.map((change) => 'similarity' in change ? [change.from, change.path, change.similarity] : [change.change, change.path])
const TEXT = Array.from({ length: 10 }, (_, line) => `line ${String(line)}\n`).join('')

describe('renames', () => {
  it('pair equal contents first, the same name before others, each side once', () => {
    expect(told(findRenames(reader, [added('a/x', 'same'), added('b/y', 'same'), gone('old/y', 'same')]))).toEqual([['add', 'a/x'], ['old/y', 'b/y', 100]])
  })

  it('pair what is similar enough, the most similar first', () => {
    const changes = [added('new', `${TEXT}more\n`), gone('less', TEXT.slice(0, 40)), gone('old', TEXT)]
    expect(told(findRenames(reader, changes))).toEqual([['old', 'new', 93], ['delete', 'less']])
    expect(told(findRenames(reader, changes, { atLeast: 99 }))).toEqual([['add', 'new'], ['delete', 'less'], ['delete', 'old']])
  })

  it('never take a symlink for a file, nor look into what is gone', () => {
    expect(told(findRenames(reader, [added('l', 'target', SYMLINK_MODE), gone('f', 'target')]))).toEqual([['add', 'l'], ['delete', 'f']])
    expect(told(findRenames({ getObject: () => undefined }, [added('n', `${TEXT}x`), gone('o', TEXT)]))).toEqual([['add', 'n'], ['delete', 'o']])
  })
})
