import { describe, expect, it } from 'vitest'
import type { RefTarget } from '../../src/object/op.js'
import { encodeTarget, getHeadBranch, getRef, getTarget, listRefs, pointAt, resolveRef } from '../../src/refs/ref.js'
import { refKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import type { Store } from '../../src/store/types.js'
import { aDigest, anId, codeOf } from '../helpers/objects.js'

const object: RefTarget = { is: 'object', digest: aDigest('tip') }

async function withRefs(refs: { readonly [name: string]: RefTarget }): Promise<Store> {
  const store = createMemoryStore()
  await store.write({ puts: Object.entries(refs).map(([name, target]) => [refKey(name), encodeTarget(target)]), deletes: [] }, 'sync')
  return store
}

describe('refs', () => {
  it('come back as they were written; other bytes are none', () => {
    const symbolic: RefTarget = { is: 'symbolic', ref: 'refs/heads/ä' }
    expect(getTarget(encodeTarget(object))).toEqual(object)
    expect(getTarget(encodeTarget(symbolic))).toEqual(symbolic)
    for (const bytes of [[], [1], [1, ...new Array<number>(31).fill(0)], [1, ...new Array<number>(33).fill(0)], [2], [2, 0xff], [3, 65]]) expect(getTarget(Uint8Array.from(bytes))).toBeUndefined()
    expect(pointAt(anId('tip'))).toEqual(object)
  })

  it('lead to an object, through HEAD once', async () => {
    const store = await withRefs({ HEAD: { is: 'symbolic', ref: 'refs/heads/main' }, 'refs/heads/main': object, 'refs/heads/loop': { is: 'symbolic', ref: 'refs/heads/loop' }, 'refs/heads/two': { is: 'symbolic', ref: 'HEAD' } })
    expect(resolveRef(store, 'HEAD')).toBe(anId('tip'))
    expect(resolveRef(store, 'refs/heads/main')).toBe(anId('tip'))
    expect(resolveRef(store, 'refs/heads/loop')).toBeUndefined()
    expect(resolveRef(store, 'refs/heads/two')).toBeUndefined()
    expect(resolveRef(store, 'refs/heads/none')).toBeUndefined()
    expect(getHeadBranch(store)).toBe('refs/heads/main')
  })

  it('are unborn or detached', async () => {
    const unborn = await withRefs({ HEAD: { is: 'symbolic', ref: 'refs/heads/main' } })
    expect([resolveRef(unborn, 'HEAD'), getHeadBranch(unborn)]).toEqual([undefined, 'refs/heads/main'])
    const detached = await withRefs({ HEAD: object })
    expect([resolveRef(detached, 'HEAD'), getHeadBranch(detached)]).toEqual([anId('tip'), undefined])
    expect(getHeadBranch(createMemoryStore())).toBeUndefined()
  })

  it('are listed by prefix, sorted, and not those that only begin alike', async () => {
    const store = await withRefs({ 'refs/heads/b': object, 'refs/heads/a/x': object, 'refs/heads/a': object, 'refs/headsnot/c': object, 'refs/tags/a': object })
    expect((await listRefs(store, 'refs/heads/')).map(({ name }) => name)).toEqual(['refs/heads/a', 'refs/heads/a/x', 'refs/heads/b'])
    expect(await listRefs(store, 'refs/')).toHaveLength(5)
    expect(await listRefs(store, 'refs/none/')).toEqual([])
  })

  it('say STORE_CORRUPT when their record cannot be read', async () => {
    const store = createMemoryStore()
    await store.write({ puts: [[refKey('refs/heads/bad'), Uint8Array.of(9, 9)]], deletes: [] }, 'sync')
    expect(codeOf(() => getRef(store, 'refs/heads/bad'))).toBe('STORE_CORRUPT')
    expect(codeOf(() => resolveRef(store, 'refs/heads/bad'))).toBe('STORE_CORRUPT')
  })
})
