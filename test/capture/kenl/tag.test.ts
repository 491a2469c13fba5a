import { describe, expect, it } from 'vitest'
import { atomIdOf, cleanType, getTag, isTemplate, untaggedAtomId } from '../../../src/capture/kenl/tag.js'

const TIME = Date.UTC(2026, 0, 2)
const DIGEST = 'abcdef0123456789'.repeat(4)

function named(text: string): unknown {
  const tag = getTag(text)
  return tag === undefined ? undefined : atomIdOf(tag, TIME, DIGEST)
}

describe('tags of KENL', () => {
  it('are atom ids as they stand, with hyphens in the type, four digits, a slug or a hash behind', () => {
    expect(named('ATOM-CFG-20251114-001')).toEqual({ atomId: 'ATOM-CFG-20251114-001', odd: [] })
    expect(named('ATOM-DOC-20251114-1000')).toEqual({ atomId: 'ATOM-DOC-20251114-1000', odd: [] })
    expect(named('ATOM-DUAL-BOOT-20251110-014')).toEqual({ atomId: 'ATOM-DUAL-BOOT-20251110-014', odd: [] })
    expect(named('ATOM-DOC-20260112-001-add-atom-tags')).toEqual({ atomId: 'ATOM-DOC-20260112-001', odd: [] })
    expect(getTag('ATOM-SYSTEM-20260105-001-aab0ca')).toMatchObject({ type: 'SYSTEM', day: '20260105', number: '001', slug: 'aab0ca' })
    expect(named('SAIF-CONFIG-20251125-003')).toEqual({ atomId: 'ATOM-SAIF-CONFIG-20251125-003', odd: [] })
  })

  it('are bent to the grammar where they are not of it, and that is said', () => {
    expect(named('ATOM-cfg low/er-20261122-003')).toEqual({ atomId: 'ATOM-CFG-LOW-ER-20261122-003', odd: ['its type is written "cfg low/er"'] })
    expect(named('ATOM-CFG-021')).toEqual({ atomId: 'ATOM-CFG-20260102-021', odd: ['its tag has no date'] })
    expect(named('ATOM-CFG-20251399-001')).toEqual({ atomId: 'ATOM-CFG-20260102-001', odd: ['20251399 is no date'] })
    expect(named('ATOM-CFG-20251101-123456789012')).toEqual({ atomId: 'ATOM-CFG-20251101-abcdef012345', odd: ['its number has 12 digits'] })
    expect(named('ATOM-日本-20251101-7')).toEqual({ atomId: 'ATOM-KENL-20251101-007', odd: ['its type is written "日本"'] })
    expect([cleanType('é2e'), cleanType('-'), cleanType('x'.repeat(90)).length]).toEqual(['E-E', 'KENL', 64])
    expect(untaggedAtomId('DECISION', TIME, DIGEST)).toBe('ATOM-DECISION-20260102-abcdef012345')
  })

  it('that are to be filled in, and other words, are none', () => {
    for (const text of ['ATOM-DOC-YYYYMMDD-NNN', 'ATOM-DEPLOY-20251105-XXX', 'ATOM-SAGE', 'ATOM-SEC/GOV', 'atom-cfg-20251114-001', '']) expect([text, getTag(text)]).toEqual([text, undefined])
    expect([isTemplate('ATOM-DOC-YYYYMMDD-NNN'), isTemplate('ATOM-CFG-$(date +%Y%m%d)-001'), isTemplate('ATOM-CFG-20251114-001')]).toEqual([true, true, false])
  })
})
