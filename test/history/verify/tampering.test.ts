import { beforeAll, describe, expect, it } from 'vitest'
import { compareBytes, equalBytes, toHex } from '../../../src/base/bytes.js'
import { silentReporter } from '../../../src/base/ports.js'
import { sha256Hex } from '../../../src/codec/hash.js'
import { digestOf, idBytes, idOf, objectId, type ObjectId } from '../../../src/codec/object-id.js'
import type { VerifyResult } from '../../../src/history/verify/check.js'
import { verifyStore, type VerifyOptions } from '../../../src/history/verify/verify.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { openAny, openAs } from '../../../src/object/open.js'
import { encodeOp } from '../../../src/object/op.js'
import { encodeTarget } from '../../../src/refs/ref.js'
import { binaryKey } from '../../../src/store/binary-key.js'
import { getObjectKeyId, metaKey, objectKey, refKey, SPACES, type Space } from '../../../src/store/keys.js'
import type { RecordReader, StoreRecord } from '../../../src/store/types.js'
import { createCountingRandom, makeSample, type Sample } from './sample-store.js'

/** Some thousand verifications, on a machine that has other things to do. */
const LONG_MS = 300_000
let sample: Sample
let records: readonly StoreRecord[]

beforeAll(async () => {
  sample = await makeSample(undefined, { large: 'none' })
  const all: StoreRecord[] = []
  for await (const list of sample.store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) all.push(...list)
  records = all
})

async function verify(changed: readonly StoreRecord[], options?: VerifyOptions): Promise<VerifyResult> {
  return verifyStore({ records: readerOf(changed), random: createCountingRandom(), reporter: silentReporter, signal: new AbortController().signal }, options)
}

/** Returns records as a reader, without the copies that make a memory store slow to set up some thousand times. */
function readerOf(changed: readonly StoreRecord[]): RecordReader {
  const sorted = [...changed].sort((left, right) => compareBytes(left[0], right[0]))
  const byKey = new Map(sorted.map(([key, value]) => [binaryKey(key), value]))
  return {
    getRecord: (key) => byKey.get(binaryKey(key)),
    async* scan(range, options = {}) {
      const found = sorted.filter(([key]) => compareBytes(key, range.gte) >= 0 && compareBytes(key, range.lt) < 0)
      yield (options.order === 'descending' ? found.reverse() : found).slice(0, options.limit)
    },
  }
}

function codesOf(result: VerifyResult): readonly string[] {
  return [...new Set(result.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))]
}

function inSpace(space: Space): readonly StoreRecord[] {
  return records.filter(([key]) => key[0] === SPACES[space])
}

function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] as number) ^ mask
  return copy
}

function replaced(old: StoreRecord, ...fresh: readonly StoreRecord[]): readonly StoreRecord[] {
  const keys = fresh.map(([key]) => toHex(key))
  return [...records.filter((record) => record !== old && !keys.includes(toHex(record[0]))), ...fresh]
}

/** What no checker can know: the project's name, which settings say, is in no other place for certain. */
function isJudged([key]: StoreRecord): boolean {
  return !equalBytes(key, metaKey('project')) && !equalBytes(key, metaKey('receipts')) && key[0] !== SPACES.worktree
}

const INDEXES: readonly Space[] = ['node', 'title', 'seq', 'atomId', 'path', 'influence', 'request', 'count', 'ref', 'meta', 'refutation']

function openAnyKind([key, bytes]: StoreRecord): string {
  return key[1] === 0x55 ? 'raw' : openAny(bytes).kind
}

/** Every position of the first records of a list, every seventh of the others, beginning elsewhere in each. */
function* positions(list: readonly StoreRecord[], part: 0 | 1, from: number): Iterable<readonly [StoreRecord, number]> {
  for (const [index, record] of list.entries()) {
    const step = index < 1 ? 1 : 17
    for (let at = from + (index < 1 ? 0 : index % step); at < record[part].length; at += step) yield [record, at]
  }
}

it('is clean as it was recorded', async () => {
  expect(codesOf(await verify(records))).toEqual([])
})

describe('a flipped bit', () => {
  it('is found in the values and keys of the indexes, refs and settings', async () => {
    const missed: string[] = []
    for (const space of INDEXES) {
      const list = inSpace(space).filter(isJudged)
      expect(list.length, space).toBeGreaterThan(0)
      for (const [record, at] of positions(list, 1, 0)) {
        const result = await verify(replaced(record, [record[0], flipped(record[1], at, 1 << (at % 8))]))
        if (result.ok) missed.push(`${space} ${toHex(record[0])} value ${String(at)}`)
      }
      for (const [record, at] of positions(list, 0, 1)) {
        const result = await verify(replaced(record, [flipped(record[0], at, 1 << (at % 7)), record[1]]))
        if (result.ok) missed.push(`${space} ${toHex(record[0])} key ${String(at)}`)
      }
    }
    expect(missed).toEqual([])
  }, LONG_MS)

  it('is found in every byte of an object of every kind, and named', async () => {
    const kinds = new Map<string, StoreRecord>()
    for (const record of inSpace('object')) {
      if (record[1].length > 1) kinds.set(openAnyKind(record), record)
    }
    expect([...kinds.keys()].sort()).toEqual(['atom', 'body', 'op', 'raw', 'receipt', 'tag', 'tree'])
    for (const record of kinds.values()) {
      for (let at = 0; at < record[1].length; at += openAnyKind(record) === 'atom' ? 1 : 3) {
        const result = await verify(replaced(record, [record[0], flipped(record[1], at, 1 << (at % 8))]))
        expect(result.findings[0]).toMatchObject({ severity: 'error', code: 'object-corrupt', object: toHex(record[0].subarray(2)) })
      }
    }
  }, LONG_MS)

  it('is found in the key of an object', async () => {
    for (const record of inSpace('object').slice(0, 12)) {
      for (let at = 1; at < record[0].length; at += 3) expect((await verify(replaced(record, [flipped(record[0], at), record[1]]))).ok).toBe(false)
    }
  })
})

describe('a record', () => {
  it('is missed when it is deleted, whatever it is', async () => {
    const missed: string[] = []
    for (const record of records.filter(isJudged)) {
      const [key] = record
      // The laid-out tree is a cache; without it nothing has been laid out.
      if (equalBytes(key, metaKey('layout'))) continue
      if ((await verify(replaced(record))).ok) missed.push(toHex(key))
    }
    expect(missed).toEqual([])
  })

  it('is found when it was added', async () => {
    for (const space of INDEXES) {
      const [first] = inSpace(space).filter(isJudged)
      if (first === undefined || space === 'meta') continue
      const longer = Uint8Array.from([...first[0].subarray(0, first[0].length - 1), 0x7f])
      const added = await verify([...records, [longer, first[1]]])
      expect(added.ok, space).toBe(false)
    }
    expect(codesOf(await verify([...records, [Uint8Array.of(0x7a, 1), Uint8Array.of(1)]]))).toEqual(['record-stray'])
  })

  it('is found when its value was swapped with that of another', async () => {
    for (const space of ['object', ...INDEXES] as const) {
      const [one, two] = inSpace(space).filter((record) => isJudged(record) && record[1].length > 0)
      if (one === undefined || two === undefined || equalBytes(one[1], two[1])) continue
      expect((await verify([...replaced(one, [one[0], two[1]]).filter((record) => record !== two), [two[0], one[1]]])).ok, space).toBe(false)
    }
  })
})

describe('the log', () => {
  it('shows a ref that was moved, made or deleted behind its back', async () => {
    const [older] = sample.atoms
    const main = refKey('refs/heads/main')
    const moved = await verify([...records.filter(([key]) => !equalBytes(key, main)), [main, encodeTarget({ is: 'object', digest: digestOf(older!.id) })]])
    expect(moved.findings[0]).toMatchObject({ severity: 'error', code: 'ref-moved', path: 'refs/heads/main' })
    expect(codesOf(await verify([...records, [refKey('refs/heads/planted'), encodeTarget({ is: 'object', digest: digestOf(older!.id) })]]))).toEqual(['ref-moved'])
    expect(codesOf(await verify(records.filter(([key]) => !equalBytes(key, main))))).toEqual(['ref-missing'])
  })

  it('shows an operation dropped from the middle, and one beside the chain', async () => {
    const ops = inSpace('object').filter(([key, bytes]) => key[1] === 0x71 && openAny(bytes).kind === 'op')
    const middle = ops.find(([, bytes]) => openAs(bytes, 'op').seq === 12)!
    expect(codesOf(await verify(replaced(middle)))).toContain('op-missing')
    const fork = seal(encodeOp({ ...openAs(middle[1], 'op'), agent: 'mallory' }))
    expect(codesOf(await verify([...records, fork]))).toContain('op-fork')
  })

  it('shows history that was rewritten under an old atom id while the log was left alone', async () => {
    const changed = rewritten(sample.atoms.at(-1)!.header.atomId)
    const result = await verify(changed)
    expect(result.ok).toBe(false)
    expect(codesOf(result)).toEqual(expect.arrayContaining(['ref-moved']))
    expect(result.findings.find(({ code }) => code === 'ref-moved')).toMatchObject({ path: 'refs/heads/main' })
  })
})

function seal(bytes: Uint8Array): StoreRecord {
  return [objectKey(idOf(bytes, 'dag-cbor')), bytes]
}

/** The tip made anew with another agent: the old header gone, its index records put right, the ref moved, the log as it was. */
function rewritten(atomId: string): readonly StoreRecord[] {
  const old = inSpace('object').find(([key, bytes]) => key[1] === 0x71 && hasAtomId(bytes, atomId))!
  const fresh = seal(encodeAtom({ ...openAs(old[1], 'atom'), agent: 'mallory' }))
  const oldId = getObjectKeyId(old[0]) as ObjectId
  const freshId = getObjectKeyId(fresh[0]) as ObjectId
  const main = refKey('refs/heads/main')
  const kept: readonly StoreRecord[] = [
    ...records.filter((record) => record !== old && !equalBytes(record[0], main)), fresh,
    [main, encodeTarget({ is: 'object', digest: digestOf(objectId(digestOf(freshId), 'dag-cbor')) })],
  ]
  return kept.filter(([key]) => key[0] !== SPACES.seq || !equalBytes(key.subarray(1), idBytes(oldId).subarray(1, 9)))
}

function hasAtomId(bytes: Uint8Array, atomId: string): boolean {
  const object = openAny(bytes)
  return object.kind === 'atom' && object.value.atomId === atomId
}

describe('an id noted elsewhere', () => {
  it('proves that the tail was not rewound, or shows that it was', async () => {
    const tip = digestOf(sample.atoms.at(-1)!.id)
    const kept = await verify(records, { expected: [tip] })
    expect(kept.ok).toBe(true)
    expect(kept.claims.at(-1)).toMatchObject({ claim: 'the tail was not rewound', status: 'proved' })
    expect((await verify(records, { expected: [kept.root as never] })).claims.at(-1)?.status).toBe('proved')
    expect(codesOf(await verify(records, { expected: [sha256Hex(Uint8Array.of(1)) as never] }))).toEqual(['expected-missing'])
  })
})

describe('trail.log', () => {
  it('shows what was taken out of the store', async () => {
    async function* lines(): AsyncIterable<string> {
      yield ['2026-01-02T00:00:00.000Z', 'ee'.repeat(32), 'ATOM-DECISION-20260102-099', 'ann', 'save_decision', 'gone'].join('\t')
    }
    const result = await verify(records, { trailLog: lines() })
    expect(result.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['trail-log-lost', 'trail-log-behind']))
  })
})
