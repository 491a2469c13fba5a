import { expect, test } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { parseAtomId } from '../../../src/object/atom-id.js'
import { createImportedTrail } from '../../../src/ops/transfer/imported-trail.js'
import { createKnownRecords, SOURCE_EVIDENCE, type RecordKey } from '../../../src/ops/transfer/known-records.js'
import type { Repo } from '../../../src/ops/repo.js'
import { sealBody } from '../../../src/store/body.js'
import { sealContent } from '../../../src/store/content.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { bareRepo } from '../../helpers/bare-repo.js'

const keyOf = (number: number): RecordKey => ({ atomId: parseAtomId(`ATOM-CFG-20251114-${String(number).padStart(3, '0')}`), timeMs: number, source: sealContent(utf8(`line ${String(number)}`)).id })

async function withRecords(count: number): Promise<Repo> {
  const repo = await bareRepo()
  const trail = createImportedTrail(repo, 'import')
  for (let number = 1; number <= count; number++) {
    const { atomId, timeMs, source } = keyOf(number)
    const { body } = sealBody({ title: 'x', evidence: [{ name: SOURCE_EVIDENCE, phase: 'other', content: source }] })
    for (const object of sealContent(utf8(`line ${String(number)}`)).objects) trail.keep(object)
    trail.add(trail.build({ header: { atomId, operation: 'x', agent: 'ann', timeMs, parents: [], influencedBy: [] }, body: { id: body.id, objects: [body] }, base: EMPTY_TREE.id, files: new Map(), changes: [] }))
  }
  await trail.flush()
  return repo
}

test('finds each record once, among many new ones, whichever way they are looked for', async () => {
  const known = createKnownRecords(await withRecords(400))
  for (let number = 1; number <= 1_200; number++) {
    const found = await known.take(keyOf(number))
    expect(found?.header.timeMs, String(number)).toBe(number <= 400 ? number : undefined)
  }
  expect(await known.take(keyOf(1))).toBeUndefined()
  expect(await known.take({ ...keyOf(2), timeMs: 9 })).toBeUndefined()
})

test('a store with its INIT alone knows nothing', async () => {
  expect(await createKnownRecords(await bareRepo()).take(keyOf(1))).toBeUndefined()
})
