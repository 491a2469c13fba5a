import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { Reading } from '../../../src/exchange/endpoint/look-up.js'
import type { Place } from '../../../src/exchange/endpoint/place.js'
import { openAs } from '../../../src/object/open.js'
import { anId } from '../../helpers/objects.js'
import { aLine } from '../../helpers/remote-objects.js'

const line = aLine(4)
const last = line.atoms.at(-1) as ObjectId
const counted = (): { readonly place: Pick<Place, 'read'>; readonly asked: ObjectId[][] } => {
  const asked: ObjectId[][] = []
  return {
    asked,
    place: {
      async* read(ids) {
        asked.push([...ids])
        yield* line.objects.filter(({ id }) => ids.includes(id))
      },
    },
  }
}

describe('work that reads', () => {
  const depth = (objects: { getObject(id: ObjectId): Uint8Array | undefined }): number => {
    let count = 0
    for (let id: ObjectId | undefined = last; id !== undefined; count++) id = openAs(objects.getObject(id) as Uint8Array, 'atom').parents[0]
    return count
  }

  it('is run until all that it reads is here, each object asked for once, for all work together', async () => {
    const { place, asked } = counted()
    const absent = anId('absent')
    const results = await new Reading(place, 10).settle<unknown>([depth, (objects) => objects.getObject(absent), () => 'nothing'])
    expect(results).toEqual([4, undefined, 'nothing'])
    expect(asked).toEqual([[last, absent], ...[2, 1, 0].map((at) => [line.atoms[at]])])
  })

  it('ends when the rounds are used up, and throws what the work throws', async () => {
    expect(await new Reading(counted().place, 3).settle<unknown>([depth, () => 1])).toEqual([undefined, 1])
    await expect(new Reading(counted().place, 3).settle([() => { throw new TypeError('mine') }])).rejects.toThrow('mine')
  })
})
