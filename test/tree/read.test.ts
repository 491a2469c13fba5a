import { describe, expect, it } from 'vitest'
import { seal } from '../../src/object/seal.js'
import { encodeTree, FOLDER_MODE } from '../../src/object/tree.js'
import { EMPTY_TREE, getEntry, getName, leafDigit, readFolder, readTree, walkPath, walkTree } from '../../src/tree/read.js'
import { aTreeStore, file } from '../helpers/trees.js'

const store = aTreeStore()
const many = Array.from({ length: 3_000 }, (_, index) => `project/big/${String(index)}`)
const root = store.of(['project/a', 'project/a.b', 'project/a-b/x', 'project/ab/y', 'project/a0', 'home/é', ...many])

describe('reading trees', () => {
  it('knows the empty tree without reading it', () => {
    expect(readTree({ getObject: () => undefined }, EMPTY_TREE.id)).toEqual({ is: 'entries', entries: new Map() })
    expect([...walkTree({ getObject: () => undefined }, EMPTY_TREE.id)]).toEqual([])
    expect(getEntry(store, EMPTY_TREE.id, '')).toEqual({ mode: FOLDER_MODE, link: EMPTY_TREE.id })
  })

  it('walks paths in the order of their bytes', () => {
    const paths = [...walkTree(store, root)].map(({ path }) => path)
    expect(paths).toHaveLength(many.length + 6)
    expect(paths).toEqual([...paths].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))))
  })

  it('finds one path, a folder, nothing', () => {
    expect(getEntry(store, root, 'project/a')).toEqual(file('project/a'))
    expect(getEntry(store, root, 'project/big/2999')).toEqual(file('project/big/2999'))
    expect(getEntry(store, root, 'project/big')?.mode).toBe(FOLDER_MODE)
    for (const path of ['project/b', 'project/a/x', 'project/', '/project', 'project//a', '__proto__', 'project/__proto__']) expect(getEntry(store, root, path)).toBeUndefined()
  })

  it('shows a split folder like any other', () => {
    const big = getEntry(store, root, 'project/big')?.link ?? EMPTY_TREE.id
    expect(readTree(store, big).is).toBe('node')
    expect(readFolder(store, big).size).toBe(3_000)
    expect(getName(store, big, '17')).toEqual(file('project/big/17'))
    expect(getName(store, big, 'none')).toBeUndefined()
    expect(leafDigit('17', 0)).toMatch(/^[0-9a-f]$/)
  })

  it('walks at or below a path', () => {
    const below = (path: string): string[] => [...walkPath(store, root, path)].map(({ path: found }) => found)
    expect(below('project/a')).toEqual(['project/a'])
    expect(below('project/a-b')).toEqual(['project/a-b/x'])
    expect(below('home')).toEqual(['home/é'])
    expect(below('')).toHaveLength(many.length + 6)
    expect(below('project/none')).toEqual([])
  })

  it('throws OBJECT_NOT_FOUND where a folder is missing', () => {
    expect(() => [...walkTree({ getObject: (id) => (id === root ? store.getObject(id) : undefined) }, root)]).toThrow(/is not in this store/)
  })
})

describe('the empty tree', () => {
  it('is written out as it would be encoded', () => {
    expect(EMPTY_TREE).toEqual(seal(encodeTree({ is: 'entries', entries: new Map() })))
  })
})
