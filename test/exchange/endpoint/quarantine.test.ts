import { expect, it } from 'vitest'
import { createQuarantine } from '../../../src/exchange/endpoint/quarantine.js'
import type { RemoteObject } from '../../../src/exchange/remote.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

it('keeps what came before the wire broke, drops what a store has by now, and is made for the first object alone', async () => {
  let [opened, closed] = [0, 0]
  const quarantine = createQuarantine(async () => {
    opened++
    const store = createMemoryStore()
    return { ...store, close: async () => { closed++; await store.close() } }
  })
  const { objects } = aLine(3)
  const [first, second] = objects as [RemoteObject, RemoteObject]
  await quarantine.dropKnown({ getObject: () => undefined })
  expect([quarantine.getObject(first.id), opened]).toEqual([undefined, 0])
  const cut = async function* (): AsyncIterable<RemoteObject> {
    yield* objects.slice(0, 4)
    throw new Error('cut off')
  }
  await expect(quarantine.put(cut())).rejects.toThrow('cut off')
  expect(objects.map(({ id }) => quarantine.getObject(id) !== undefined)).toEqual(objects.map((_, at) => at < 4))
  // The same twice in one request, and two requests at once.
  await Promise.all([quarantine.put(streamOf([...objects, ...objects])), quarantine.put(streamOf(objects))])
  await quarantine.dropKnown({ getObject: (id) => (id === second.id ? undefined : new Uint8Array(0)) })
  expect(objects.filter(({ id }) => quarantine.getObject(id) !== undefined).map(({ id }) => id)).toEqual([second.id])
  await quarantine[Symbol.asyncDispose]()
  expect([opened, closed]).toEqual([1, 1])
})
