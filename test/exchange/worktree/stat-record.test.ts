import { lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { encodeFileRecord, getFileRecord, isProven, isRacy, kindText, modeOf } from '../../../src/exchange/worktree/stat-record.js'
import { FILE_MODE } from '../../../src/object/tree.js'
import { anId } from '../../helpers/objects.js'
import { age, aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

it('comes back as it was written, and nothing else is taken for a record', () => {
  const bench = aBench()
  bench.write({ a: 'a' })
  const stat = lstatSync(join(bench.root, 'a'), { bigint: true })
  const entry = { mode: FILE_MODE, link: anId('a', 'raw') } as const
  const bytes = encodeFileRecord(entry, stat, Date.now())
  expect(bytes).toHaveLength(75)
  expect(getFileRecord(bytes)).toMatchObject({ entry, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs, sizeBytes: 1n, ino: stat.ino })
  for (const other of [undefined, new Uint8Array(0), bytes.slice(1), bytes.with(0, 9), bytes.with(1, 200)]) expect(getFileRecord(other)).toBeUndefined()
})

it('proves something only when it was made well after the file changed', async () => {
  const bench = aBench()
  bench.write({ a: 'a' })
  const file = join(bench.root, 'a')
  age(file)
  const record = (): NonNullable<ReturnType<typeof getFileRecord>> => getFileRecord(encodeFileRecord({ mode: FILE_MODE, link: anId('a', 'raw') }, lstatSync(file, { bigint: true }), Date.now())) as never
  expect(isRacy(record())).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 40))
  const later = record()
  expect(isProven(later, lstatSync(file, { bigint: true }))).toBe(true)
  writeFileSync(file, 'b')
  expect(isProven(later, lstatSync(file, { bigint: true }))).toBe(false)
})

it('trusts no record of a file system that keeps whole seconds for two of them, nor a time to come', () => {
  const second = 1_000_000_000n
  expect(isRacy({ mtimeNs: 5n * second, ctimeNs: 5n * second, seenNs: 7n * second })).toBe(true)
  expect(isRacy({ mtimeNs: 5n * second, ctimeNs: 5n * second, seenNs: 8n * second })).toBe(false)
  expect(isRacy({ mtimeNs: 99n * second, ctimeNs: 5n * second + 1n, seenNs: 8n * second })).toBe(true)
})

it('knows what can be a tracked file', () => {
  const bench = aBench()
  bench.write({ x: { text: '', mode: 0o755 }, l: { link: 'x' } })
  expect(modeOf(lstatSync(join(bench.root, 'x'), { bigint: true }))).toBe(0o100755)
  expect(modeOf(lstatSync(join(bench.root, 'l'), { bigint: true }))).toBe(0o120000)
  expect(modeOf(lstatSync(bench.root, { bigint: true }))).toBeUndefined()
  expect(kindText(lstatSync(bench.root, { bigint: true }))).toBe('a folder')
  expect(kindText(lstatSync('/dev/null', { bigint: true }))).toBe('a device')
})
