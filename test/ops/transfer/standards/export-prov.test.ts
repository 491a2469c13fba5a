import { describe, expect, it } from 'vitest'
import { concatBytes, getText } from '../../../../src/base/bytes.js'
import { digestOf } from '../../../../src/codec/object-id.js'
import { forget } from '../../../../src/ops/keep/forget.js'
import { exportProv, type ExportProvResult } from '../../../../src/ops/transfer/standards/export-prov.js'
import type { Scratch } from '../../../../src/ops/transfer/standards/scratch.js'
import { mergeInto, record, run, switchTo } from '../../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../../helpers/memory-repo.js'

/** Sections in memory. */
function memoryScratch(): Promise<Scratch> {
  const parts = new Map<string, Uint8Array[]>()
  return Promise.resolve({
    append: (part, bytes) => Promise.resolve(void parts.set(part, [...parts.get(part) ?? [], bytes])),
    async *read(part) { yield await Promise.resolve(concatBytes(parts.get(part) ?? [])) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
}

type Item = Readonly<Record<string, unknown>>
type Document = Readonly<Record<string, Readonly<Record<string, Item>>>>

async function exported(repo: MemoryRepo, revisions: readonly string[] = []): Promise<{ readonly text: string; readonly document: Document; readonly result: ExportProvResult }> {
  const parts: Uint8Array[] = []
  const result = await run(repo, exportProv(async (chunks) => { for await (const chunk of chunks) parts.push(chunk) }, memoryScratch), { revisions })
  const text = getText(concatBytes(parts)) ?? ''
  return { text, document: JSON.parse(text) as Document, result }
}

/** What PROV-JSON demands of a relation, and what its members name. */
const RELATIONS: Readonly<Record<string, Readonly<Record<string, 'activity' | 'agent' | 'entity'>>>> = {
  wasAssociatedWith: { 'prov:activity': 'activity', 'prov:agent': 'agent' },
  wasInformedBy: { 'prov:informed': 'activity', 'prov:informant': 'activity' },
  used: { 'prov:activity': 'activity', 'prov:entity': 'entity' },
  wasGeneratedBy: { 'prov:entity': 'entity', 'prov:activity': 'activity' },
  wasDerivedFrom: { 'prov:generatedEntity': 'entity', 'prov:usedEntity': 'entity', 'prov:activity': 'activity' },
  specializationOf: { 'prov:specificEntity': 'entity', 'prov:generalEntity': 'entity' },
}
const QUALIFIED_NAME = /^([A-Za-z0-9_-]+):([A-Za-z0-9_-]|%[0-9A-F]{2})+$/
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function checkDocument({ text, document }: { readonly text: string; readonly document: Document }): void {
  expect(Object.keys(document)).toEqual(['prefix', 'agent', 'activity', 'entity', ...Object.keys(RELATIONS)])
  const keys = [...text.matchAll(/^("(?:[^"\\]|\\.)*"): \{/gm)].map(([, key]) => key)
  expect(new Set(keys).size, 'no key stands twice').toBe(keys.length)
  const prefixes = Object.keys(document['prefix'] ?? {})
  for (const section of ['agent', 'activity', 'entity']) for (const id of Object.keys(document[section] ?? {})) expect(prefixes).toContain(QUALIFIED_NAME.exec(id)?.[1])
  for (const [section, members] of Object.entries(RELATIONS)) {
    for (const [id, relation] of Object.entries(document[section] ?? {})) {
      expect(id).toMatch(/^_:r\d+$/)
      for (const [member, of] of Object.entries(members)) expect(document[of], `${section} ${member}`).toHaveProperty([String(relation[member])])
    }
  }
  for (const activity of Object.values(document['activity'] ?? {})) {
    if (activity['atom:outside'] === true) continue
    expect(activity['prov:startTime']).toMatch(DATE_TIME)
    expect(activity['prov:endTime']).toMatch(DATE_TIME)
    expect(String(activity['prov:startTime']) <= String(activity['prov:endTime'])).toBe(true)
  }
  const generated = Object.values(document['wasGeneratedBy'] ?? {}).map((generation) => generation['prov:entity'])
  expect(new Set(generated).size, 'an entity is generated once').toBe(generated.length)
}

function values(document: Document, section: string): readonly Item[] {
  return Object.values(document[section] ?? {})
}

describe('export prov', () => {
  it('describes who did what, from what, and the same bytes again', async () => {
    const repo = await aRepo()
    await record(repo, { 'ä b.txt': 'one', same: 'one' }, 'Größe \u{1f600} \u2028 "x"')
    await record(repo, { 'ä b.txt': 'two' }, 'changed')
    await record(repo, { 'ä b.txt': undefined }, 'gone')
    const whole = await exported(repo)
    checkDocument(whole)
    const { document, text, result } = whole
    expect(result).toEqual({ atoms: 4, outside: 0 })
    expect(values(document, 'activity').map((activity) => activity['prov:label'])).toEqual(['Start of demo', 'Größe \u{1f600} \u2028 "x"', 'changed', 'gone'])
    expect(values(document, 'entity').flatMap((entity) => entity['prov:location'] ?? [])).toEqual(['same', 'ä b.txt', 'ä b.txt'])
    expect(values(document, 'used').map((usage) => [(usage['prov:role'] as Item)['$'], usage['atom:path']])).toEqual([['atom:modify', 'ä b.txt'], ['atom:delete', 'ä b.txt']])
    expect(values(document, 'wasDerivedFrom').map((derivation) => (derivation['prov:type'] as Item)['$'])).toEqual(['prov:Revision'])
    const [first, second] = values(document, 'specializationOf')
    expect(first?.['prov:generalEntity']).toBe(second?.['prov:generalEntity'])
    expect(values(document, 'used')[0]?.['prov:entity']).toBe(first?.['prov:generalEntity'])
    expect((await exported(repo)).text).toBe(text)
  })

  it('holds what comes back by a revert as an entity of its own, and both sides of a merge', async () => {
    const repo = await aRepo()
    await record(repo, { a: '1' })
    await record(repo, { a: '2' })
    await record(repo, { a: '1' })
    await switchTo(repo, 'main', { create: 'side' })
    await record(repo, { b: '1' })
    await switchTo(repo, 'main')
    await record(repo, { c: '1' })
    await mergeInto(repo, 'side')
    const whole = await exported(repo)
    checkDocument(whole)
    expect(values(whole.document, 'wasInformedBy')).toHaveLength(7)
  })

  it('names ATOMs outside of a range, and those that are not here, by id', async () => {
    const repo = await aRepo()
    const { id } = await repo.draft({})
    const strange = 'ab'.repeat(32)
    await repo.draft({ influencedBy: [{ object: digestOf(id) }, { object: strange as ReturnType<typeof digestOf> }] })
    const whole = await exported(repo, ['main~1..main'])
    checkDocument(whole)
    expect(whole.result).toEqual({ atoms: 1, outside: 2 })
    expect(values(whole.document, 'activity').slice(1)).toEqual([digestOf(id), strange].map((object) => ({ 'atom:object': object, 'atom:outside': true })))
    expect(values(whole.document, 'wasInformedBy').map((relation) => (relation['prov:type'] as Item)['$'])).toEqual(['atom:parent', 'atom:influence', 'atom:influence'])
    const none = await exported(repo, ['main..main'])
    checkDocument(none)
    expect(none.result).toEqual({ atoms: 0, outside: 0 })
  })

  it('tells people from programs, whatever their names are', async () => {
    const repo = await aRepo()
    for (const agent of ['user:ann', 'Ada Lovelace', 'gpt-4.1.', '日本 (\u{1f600})', '日本\'!*~']) await repo.draft({ agent })
    const whole = await exported(repo)
    checkDocument(whole)
    expect(values(whole.document, 'agent').map((agent) => [agent['prov:label'], (agent['prov:type'] as Item)['$']])).toEqual([
      ['tester', 'prov:SoftwareAgent'], ['user:ann', 'prov:Person'], ['Ada Lovelace', 'prov:Person'], ['gpt-4.1.', 'prov:SoftwareAgent'], ['日本 (\u{1f600})', 'prov:Person'], ['日本\'!*~', 'prov:SoftwareAgent'],
    ])
  })

  it('says nothing of a body that was forgotten but that it was', async () => {
    const repo = await aRepo()
    await record(repo, { a: '1' }, 'a secret word')
    await run(repo, forget, { target: 'HEAD', reason: 'privacy' })
    const whole = await exported(repo)
    checkDocument(whole)
    expect(whole.text).not.toContain('a secret word')
    expect(values(whole.document, 'entity').filter((entity) => entity['atom:forgotten'] === true)).toHaveLength(1)
    const last = values(whole.document, 'activity').at(-1)
    expect(last?.['prov:label']).toBe(last?.['atom:id'])
  })
})
