import { expect, it } from 'vitest'
import { AtomError } from '../../../src/base/errors.js'
import { readSalvage } from '../../../src/exchange/recover/salvage.js'
import { objectKey } from '../../../src/store/keys.js'
import type { RecordReader } from '../../../src/store/types.js'
import { META } from '../../../src/store/objects.js'
import { aHistory } from '../../helpers/small-history.js'

const damage = (): AtomError<'STORE_CORRUPT'> => new AtomError('STORE_CORRUPT', 'a block is damaged', { data: { folder: '', reason: 'block' } })

it('reads what a whole store has', async () => {
  const repo = await aHistory()
  const salvage = await readSalvage(repo.store)
  expect([salvage.atoms.size, salvage.ops.size, salvage.refs.size, salvage.tip === undefined, salvage.store?.length]).toEqual([6, 7, 3, false, 32])
})

it('goes around a block that cannot be read, from both sides, and passes over what is not what it says', async () => {
  const repo = await aHistory()
  const whole = await readSalvage(repo.store)
  const [first, second] = [...whole.atoms.keys()] as [Parameters<typeof objectKey>[0], Parameters<typeof objectKey>[0]]
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
  expect([...salvage.atoms.keys()].sort()).toEqual([...whole.atoms.keys()].filter((id) => id !== first && id !== second).sort())
  expect([salvage.tip, salvage.getObject(first), salvage.getObject(second)]).toEqual([undefined, undefined, undefined])
  expect([...salvage.ops.keys()].sort()).toEqual([...whole.ops.keys()].sort())
})

it('lets errors through that are no damage', async () => {
  const records: RecordReader = { getRecord: () => { throw new TypeError('a mistake') }, scan: () => { throw new TypeError('a mistake') } }
  await expect(readSalvage(records)).rejects.toThrow(TypeError)
})
