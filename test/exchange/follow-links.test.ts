import { expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { followLinks } from '../../src/exchange/follow-links.js'
import { anId } from '../helpers/objects.js'
import { aLine } from '../helpers/remote-objects.js'

const line = aLine(3)
const bytesOf = new Map(line.objects.map(({ id, bytes }) => [id, bytes]))

async function follow(ids: readonly ObjectId[], here: readonly ObjectId[] = []): Promise<ObjectId[]> {
  const got: ObjectId[] = []
  for await (const { id } of followLinks({ read: async (id) => bytesOf.get(id), isHere: (id) => here.includes(id) || got.includes(id) }, ids)) got.push(id)
  return got
}

it('gives all that an object owns, each once, the whole ATOM before its parent', async () => {
  const got = await follow([line.atoms[2] as ObjectId])
  expect(new Set(got)).toEqual(new Set(line.objects.map(({ id }) => id).filter((id) => id !== line.objects[0]?.id)))
  expect(got.filter((id) => line.atoms.includes(id))).toEqual([...line.atoms].reverse())
  expect(got.indexOf(line.atoms[1] as ObjectId)).toBe(5)
})

it('stops at what is here, and leaves out what is nowhere', async () => {
  const got = await follow([line.atoms[2] as ObjectId, anId('absent')], [line.atoms[1] as ObjectId])
  expect(got).toHaveLength(5)
})

it('gives what cannot be read, without following it', async () => {
  const odd = anId('odd')
  const got: ObjectId[] = []
  for await (const { id } of followLinks({ read: async () => utf8('odd'), isHere: (id) => got.includes(id) }, [odd])) got.push(id)
  expect(got).toEqual([odd])
})
