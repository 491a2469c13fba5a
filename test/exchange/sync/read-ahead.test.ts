import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { ReadAhead } from '../../../src/exchange/sync/read-ahead.js'
import { readObject } from '../../../src/store/objects.js'
import { aHistory } from '../../helpers/small-history.js'

describe('reading ahead', () => {
  it('reads headers, bodies and folders once, each kind in the order of the keys, and gives what the store has', async () => {
    const repo = await aHistory()
    const ids = Array.from({ length: 6 }, (_, seq) => repo.index.node(seq).id)
    const asked: ObjectId[] = []
    const ahead = new ReadAhead({ getObject: (id) => { asked.push(id); return repo.objects.getObject(id) } }, () => false)
    ahead.read(ids)
    expect(asked.slice(0, 12)).toEqual([...[...ids].sort(), ...ids.map((id) => readObject(repo.objects, id, 'atom').body).sort()])
    expect(new Set(asked).size).toBe(asked.length)
    const before = asked.length
    for (const id of asked.slice()) expect(ahead.getObject(id)).toEqual(repo.objects.getObject(id))
    expect(asked.length).toBe(before)
    ahead.read(ids.slice(0, 1))
    ahead.getObject(ids[5] as ObjectId)
    expect(asked.at(-1)).toBe(ids[5])
  })

  it('leaves out folders that are known', async () => {
    const repo = await aHistory()
    const asked: ObjectId[] = []
    const ahead = new ReadAhead({ getObject: (id) => { asked.push(id); return repo.objects.getObject(id) } }, () => true)
    ahead.read([repo.index.node(1).id])
    expect(asked).toEqual([repo.index.node(1).id, readObject(repo.objects, repo.index.node(1).id, 'atom').body])
  })
})
