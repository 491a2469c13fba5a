import { expect, it } from 'vitest'
import { AtomError } from '../../../src/base/errors.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { readSalvage, type Salvage } from '../../../src/exchange/recover/salvage.js'
import { objectKey } from '../../../src/store/keys.js'
import type { RecordReader } from '../../../src/store/types.js'
import { META } from '../../../src/store/objects.js'
import { aHistory } from '../../helpers/small-history.js'

const damage = (): AtomError<'STORE_CORRUPT'> => new AtomError('STORE_CORRUPT', 'a block is damaged', { data: { folder: '', reason: 'block' } })

async function atomsOf(salvage: Salvage): Promise<readonly ObjectId[]> {
  const found = new Set<ObjectId>()
  for await (const { id } of salvage.atoms()) found.add(id)
  return [...found].sort()
}

it('reads what a whole store has', async () => {
  const repo = await aHistory()
  const salvage = await readSalvage(repo.store)
  expect([salvage.atomCount, [...salvage.ops()].length, salvage.refs.size, salvage.tip === undefined, salvage.store?.length]).toEqual([6, 7, 3, false, 32])
  expect([...salvage.ops()].map((id) => salvage.getOp(id)?.seq)).toEqual([7, 6, 5, 4, 3, 2, 1])
  const [atom] = await atomsOf(salvage) as [ObjectId]
  expect([salvage.isAtom(atom), salvage.getOp(atom), salvage.isAtom([...salvage.ops()][0] as ObjectId)]).toEqual([true, undefined, false])
})

it('goes around a block that cannot be read, from both sides, and passes over what is not what it says', async () => {
  const repo = await aHistory()
  const whole = await readSalvage(repo.store)
  const [first, second] = await atomsOf(whole) as [ObjectId, ObjectId]
  await repo.store.write({ puts: [[objectKey(second), repo.objects.getObject(first) as Uint8Array]], deletes: [] }, 'sync')
  const bad = Buffer.from(objectKey(first)).toString('hex')
  const records: RecordReader = {
    getRecord: (key) => {
      if (Buffer.from(key).equals(Buffer.from(META.log)) || Buffer.from(key).toString('hex') === bad) throw damage()
      return repo.store.getRecord(key)
    },
    async* scan(range, options) {
      for await (const list of repo.store.scan(range, options)) {
        for (const record of list) {
          if (Buffer.from(record[0]).toString('hex') === bad) throw damage()
          yield [record]
        }
      }
    },
  }
  const salvage = await readSalvage(records)
  expect(await atomsOf(salvage)).toEqual((await atomsOf(whole)).filter((id) => id !== first && id !== second))
  expect([salvage.tip, salvage.getObject(first), salvage.getObject(second)]).toEqual([undefined, undefined, undefined])
  expect([...salvage.ops()]).toEqual([...whole.ops()])
  expect([salvage.isAtom(first), salvage.isAtom(second)]).toEqual([false, false])
})

it('lets errors through that are no damage', async () => {
  const records: RecordReader = { getRecord: () => { throw new TypeError('a mistake') }, scan: () => { throw new TypeError('a mistake') } }
  await expect(readSalvage(records)).rejects.toThrow(TypeError)
})
