import { describe, expect, it } from 'vitest'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../src/base/limits.js'
import { dayOf, formatAtomId, getAtomIdParts, getCounted, isAtomId, isAtomType, parseAtomId, typeOf } from '../../src/object/atom-id.js'
import { codeOf } from '../helpers/objects.js'

describe('AtomId', () => {
  it.each([
    ['ATOM-CFG-20241127-003', 'CFG', '20241127', '003'], ['ATOM-DUAL-BOOT-20251110-014', 'DUAL-BOOT', '20251110', '014'], ['ATOM-A-20240229-1000', 'A', '20240229', '1000'],
    ['ATOM-DOC-00010101-99999999999', 'DOC', '00010101', '99999999999'], ['ATOM-COMMIT-20251110-0123456789ab', 'COMMIT', '20251110', '0123456789ab'],
    ['ATOM-COMMIT-20251110-123456789012', 'COMMIT', '20251110', '123456789012'], ['ATOM-CFG-20241127-000', 'CFG', '20241127', '000'], ['ATOM-ATOM-20241127-001', 'ATOM', '20241127', '001'],
  ])('%s has type %s, day %s and number %s', (text, type, day, number) => {
    expect(getAtomIdParts(text)).toEqual({ type, day, number })
    expect(typeOf(parseAtomId(text))).toBe(type)
  })
  it.each([
    '', 'ATOM', 'ATOM-CFG', 'ATOM-CFG-021', 'ATOM-CFG-20241127', 'ATOM-CFG-20241127-', 'ATOM-CFG-20241127-03', 'ATOM-CFG-20241127-1234567890123', 'ATOM-CFG-20241127-00000000000G', 'ATOM-CFG-20241127-0123456789AB',
    'atom-CFG-20241127-003', 'ATOM-cfg-20241127-003', 'ATOM-C4-20241127-003', 'ATOM--CFG-20241127-003', 'ATOM-CFG--20241127-003', 'ATOM-CFG--A-20241127-003', 'ATOM-CFG-A--20241127-003', 'ATOM-CFG-20241327-003', 'ATOM-CFG-20240027-003',
    'ATOM-CFG-20241100-003', 'ATOM-CFG-20241132-003', 'ATOM-CFG-2024112-003', 'ATOM-CFG-202411270-003', ' ATOM-CFG-20241127-003', 'ATOM-CFG-20241127-003 ', 'ATOM-CFG-20241127-003\n', 'ATOM-CFG-20241127-003-a1b2c3', 'ATOM-CFG-٢٠٢٤١١٢٧-003',
    'ATOM-CFG-YYYYMMDD-NNN', `ATOM-${'A'.repeat(65)}-20241127-003`,
  ])('%j is none', (text) => {
    expect(isAtomId(text)).toBe(false)
    expect(codeOf(() => parseAtomId(text))).toBe('OBJECT_INVALID')
  })
  it('has types of 1 to 64 upper-case letters, in groups joined by single hyphens', () => {
    for (const type of ['A', 'CFG', 'DUAL-BOOT', 'A-B-C', 'A'.repeat(64)]) expect(isAtomType(type)).toBe(true)
    for (const type of ['', '-', 'A-', '-A', 'A--B', 'a', 'É', 'A B', 'A'.repeat(65), 'A\n']) expect(isAtomType(type)).toBe(false)
  })
  it('is numbered in three digits, and four after 999', () => {
    expect([1, 42, 999, 1_000].map((count) => formatAtomId('CFG', '20241127', count))).toEqual(['ATOM-CFG-20241127-001', 'ATOM-CFG-20241127-042', 'ATOM-CFG-20241127-999', 'ATOM-CFG-20241127-1000'])
    expect(codeOf(() => formatAtomId('cfg', '20241127', 1))).toBe('OBJECT_INVALID')
  })
  it('says its day and number where it was counted', () => {
    expect(['ATOM-A-B-20241127-003', 'ATOM-CFG-20241127-99999999999', 'ATOM-COMMIT-20241127-012345678901'].map(getCounted)).toEqual([
      { day: '20241127', number: 3 }, { day: '20241127', number: 99_999_999_999 }, undefined,
    ])
  })
  it('takes the UTC day of a time', () => {
    expect([0, -1, 1_732_703_253_000, TIME_MIN_MS, TIME_MAX_MS].map(dayOf)).toEqual(['19700101', '19691231', '20241127', '00000101', '99991231'])
  })
  it('is judged in linear time', () => {
    const started = performance.now()
    for (const text of [`ATOM-${'A-'.repeat(200_000)}`, `ATOM-${'A'.repeat(400_000)}-`, `ATOM-A${'-A'.repeat(200_000)}-20241127-0`]) expect(isAtomId(text)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
