import { expect, it } from 'vitest'
import { fromHex } from '../../../src/base/bytes.js'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { fillShelves, Shelf } from '../../../src/views/sqlite/shelf.js'

const idOf = (start: string): ObjectId => `71${start.padEnd(64, '0')}` as ObjectId

function shelfOf(starts: readonly string[], maxBytes = 1_000): Shelf {
  const shelf = new Shelf(maxBytes)
  shelf.clear(starts.length)
  for (const start of starts) shelf.want(fromHex(`ff${digestOf(idOf(start))}`), 1)
  return shelf
}

/** Objects that say which was asked for, in what order. */
function reader(absent: readonly ObjectId[] = []) {
  const asked: ObjectId[] = []
  return { asked, getObject: (id: ObjectId) => (asked.push(id), absent.includes(id) ? undefined : new Uint8Array(10).fill(Number.parseInt(id.slice(2, 4), 16))) }
}

const noTurn = async (): Promise<void> => undefined

it('what several shelves want is read in the order of the keys, and stands in its place', async () => {
  const objects = reader([idOf('02')])
  const shelves = [shelfOf(['ff', '01']), shelfOf([]), shelfOf(['02', '80', '00'])]
  await fillShelves(objects, shelves, noTurn)
  expect(objects.asked).toEqual(['00', '01', '02', '80', 'ff'].map(idOf))
  expect(shelves.map((shelf) => Array.from({ length: shelf.size }, (_, place) => [shelf.id(place).slice(2, 4), shelf.get(place, objects)?.[0]]))).toEqual([
    [['ff', 255], ['01', 1]], [], [['02', undefined], ['80', 128], ['00', 0]],
  ])
  expect(objects.asked.length).toBe(5)
})

it('what does not fit is read again when it is asked for', async () => {
  const objects = reader()
  const shelf = shelfOf(['01', '02', '03'], 25)
  await fillShelves(objects, [shelf], noTurn)
  expect([0, 1, 2].map((place) => shelf.get(place, objects)?.[0])).toEqual([1, 2, 3])
  expect(objects.asked.slice(3)).toEqual([idOf('03')])
})

it('a shelf that is used again has nothing of what was there', async () => {
  const shelf = shelfOf(['01', '02'])
  await fillShelves(reader(), [shelf], noTurn)
  shelf.clear(1)
  shelf.want(fromHex(digestOf(idOf('05'))), 0)
  const objects = reader()
  expect([shelf.size, shelf.get(0, objects)?.[0]]).toEqual([1, 5])
})

it('others get a turn while many are read', async () => {
  let turns = 0
  await fillShelves(reader(), [shelfOf(Array.from({ length: 600 }, (_, at) => at.toString(16).padStart(4, '0')), 100_000)], async () => { turns++ })
  expect(turns).toBe(3)
})
