import { expect, it } from 'vitest'
import { settleFolders } from '../../../src/history/merge/settle-folders.js'
import type { TreeEntry } from '../../../src/object/tree.js'
import { aTreeStore, file } from '../../helpers/trees.js'

it('takes out what cannot stand beside ours, and leaves the rest', () => {
  const store = aTreeStore()
  const ours = store.of(['a', 'dir/x', 'dir/y', 'gone/z'])
  const changes = new Map<string, TreeEntry | undefined>([['a/b/c', file('1')], ['dir', file('2')], ['gone/z', undefined], ['gone', file('3')], ['dir/new', file('4')]])
  expect(settleFolders(store, ours, changes).map(({ path }) => path)).toEqual(['a/b/c', 'dir'])
  expect([...changes.keys()]).toEqual(['gone/z', 'gone', 'dir/new'])
})
