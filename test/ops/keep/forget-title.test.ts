import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toHex } from '../../../src/base/bytes.js'
import { silentReporter } from '../../../src/base/ports.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { reindex } from '../../../src/ops/keep/reindex.js'
import { objectKey, rangeOf } from '../../../src/store/keys.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import { readObject } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'
import { getTitle } from '../../../src/trail/record.js'
import { aRepo, seededRandom, type MemoryRepo } from '../../helpers/memory-repo.js'

let folder: string
let store: Store
let repo: MemoryRepo

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atom-forget-'))
  store = await openLevelStore(folder, { createIfMissing: 'yes' })
  repo = await aRepo({ store })
})

afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Nothing that Snappy could write shorter. */
const SECRET = `k ${toHex(seededRandom('secret').bytes(24))}`

/** Which files of the database hold the text. LOCK is never read: that would drop the lock. */
function filesWith(text: string): readonly string[] {
  return readdirSync(folder).filter((name) => name !== 'LOCK' && readFileSync(join(folder, name)).includes(text))
}

async function addAround(title: string): Promise<number> {
  for (let index = 0; index < 20; index++) await repo.add({ title: `before ${String(index)}` })
  const { atom } = await repo.add({ title })
  for (let index = 0; index < 20; index++) await repo.add({ title: `after ${String(index)}` })
  return atom.seq
}

async function forgetBodyOf(seq: number): Promise<void> {
  await forget.run(repo, forget.check({ target: repo.index.node(seq).digest, reason: 'secret', dryRun: false }))
}

async function errors(): Promise<readonly string[]> {
  const result = await verifyStore({ records: store, random: seededRandom('verify'), reporter: silentReporter, signal: new AbortController().signal })
  return result.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
}

const EVERYTHING = { gte: Uint8Array.of(0), lt: Uint8Array.of(255) }
/** Where LevelDB may have it: in memory, in a table of its own, merged with others more than once. */
const STATES: Readonly<Record<string, () => Promise<void>>> = {
  'not in a table yet': () => Promise.resolve(),
  'merged once': () => store.compact(EVERYTHING),
  'in tables of several levels': async () => {
    await store.compact(EVERYTHING)
    for (let index = 0; index < 20; index++) await repo.add({ title: `later ${String(index)}` })
    await store.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(1) })
    await repo.add({ title: 'last' })
  },
}

it.each(Object.keys(STATES))('takes the title out of every file of the database: %s', async (state) => {
  const seq = await addAround(SECRET)
  await STATES[state]?.()
  expect(filesWith(SECRET)).not.toEqual([])
  expect(getTitle(repo, seq)).toBe(SECRET)
  await forgetBodyOf(seq)
  expect(filesWith(SECRET)).toEqual([])
  expect(getTitle(repo, seq)).toBeUndefined()
  expect([getTitle(repo, seq - 1), getTitle(repo, seq + 1)]).toEqual(['before 19', 'after 0'])
  expect(await errors()).toEqual([])
})

it('would leave it there if only the body went: the search sees the index', async () => {
  const seq = await addAround(SECRET)
  await store.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })
  const { body } = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  await store.write({ puts: [], deletes: [objectKey(body)] }, 'sync')
  await store.compact(rangeOf('object'))
  expect(filesWith(SECRET)).not.toEqual([])
})

it('stays done when the indexes are made again', async () => {
  const seq = await addAround(SECRET)
  await forgetBodyOf(seq)
  await reindex.run(repo, reindex.check({}))
  repo.index.dropTitles()
  expect([seq - 1, seq, seq + 1].map((at) => getTitle(repo, at))).toEqual(['before 19', undefined, 'after 0'])
  expect(filesWith(SECRET)).toEqual([])
})
