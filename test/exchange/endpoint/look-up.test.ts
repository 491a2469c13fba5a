import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { lookUp, Reading } from '../../../src/exchange/endpoint/look-up.js'
import { createMemoryRemoteState, openMemoryRemote } from '../../../src/exchange/memory-remote.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { openAs } from '../../../src/object/open.js'
import { anId } from '../../helpers/objects.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

const line = aLine(4)
const last = line.atoms.at(-1) as ObjectId
const counted = async (): Promise<{ remote: Remote; asked: ObjectId[][] }> => {
  const remote = openMemoryRemote(createMemoryRemoteState())
  await remote.put(streamOf(line.objects))
  const asked: ObjectId[][] = []
  return { asked, remote: { ...remote, get: (ids, options) => { asked.push([...ids]); return remote.get(ids, options) } } }
}

describe('looking objects up', () => {
  it('gives what is there and nothing that goes along', async () => {
    const { remote } = await counted()
    const generous: Remote = { ...remote, async* get() { yield* line.objects } }
    expect([...(await lookUp(generous, [last, anId('absent')])).keys()]).toEqual([last])
  })
})

describe('work that reads', () => {
  const depth = (objects: { getObject(id: ObjectId): Uint8Array | undefined }): number => {
    let count = 0
    for (let id: ObjectId | undefined = last; id !== undefined; count++) id = openAs(objects.getObject(id) as Uint8Array, 'atom').parents[0]
    return count
  }

  it('is run until all that it reads is here, each object asked for once, for all work together', async () => {
    const { remote, asked } = await counted()
    const absent = anId('absent')
    const results = await new Reading(remote, 10).settle<unknown>([depth, (objects) => objects.getObject(absent), () => 'nothing'])
    expect(results).toEqual([4, undefined, 'nothing'])
    expect(asked).toEqual([[last, absent], ...[2, 1, 0].map((at) => [line.atoms[at]])])
  })

  it('ends when the rounds are used up, and throws what the work throws', async () => {
    const { remote } = await counted()
    expect(await new Reading(remote, 3).settle<unknown>([depth, () => 1])).toEqual([undefined, 1])
    await expect(new Reading(remote, 3).settle([() => { throw new TypeError('mine') }])).rejects.toThrow('mine')
  })
})
