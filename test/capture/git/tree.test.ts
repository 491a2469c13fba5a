import fc from 'fast-check'
import { expect, test } from 'vitest'
import { getTree } from '../../../src/capture/git/tree.js'

test('reads modes as git makes them canonical, and keeps the first of two equal names', () => {
  const entry = (mode: string, name: string): Buffer => Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.alloc(20, 7)])
  const tree = getTree(Buffer.concat([entry('100664', 'a'), entry('100775', 'b'), entry('40000', 'c'), entry('040000', 'd'), entry('120000', 'e'), entry('160000', 'f'), entry('100644', '\xff'), entry('100755', 'a')]), 20)
  expect([...tree?.entries.values() ?? []].map(({ kind, name, shown }) => [kind, name, shown])).toEqual([
    ['file', 'a', 'a'], ['executable', 'b', 'b'], ['folder', 'c', 'c'], ['folder', 'd', 'd'], ['symlink', 'e', 'e'], ['submodule', 'f', 'f'], ['file', undefined, '\\xff'],
  ])
  expect(tree?.repeated).toEqual(['a'])
})

test('bytes that are no tree are none, and nothing is thrown', () => {
  for (const bytes of ['x', '100644 a', '100644 a\0short', ' a\0aaaaaaaaaaaaaaaaaaaa', '9 a\0aaaaaaaaaaaaaaaaaaaa']) expect(getTree(Buffer.from(bytes), 20), bytes).toBeUndefined()
  fc.assert(fc.property(fc.uint8Array(), (bytes) => { getTree(bytes, 32) }))
})
