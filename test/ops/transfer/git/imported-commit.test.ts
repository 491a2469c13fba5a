import { describe, expect, it } from 'vitest'
import { isWellFormed, utf8, utf8Length } from '../../../../src/base/bytes.js'
import { NAME_MAX_BYTES, TIME_MAX_MS, TIME_MIN_MS } from '../../../../src/base/limits.js'
import type { SourceCommit } from '../../../../src/ops/transfer/git/history-source.js'
import { importedAgent, importedAtomId, importedBody, importedTimeMs, submodulesOf } from '../../../../src/ops/transfer/git/imported-commit.js'

const ID = '0123456789abcdef0123456789abcdef01234567'
const aCommit = (changed: Partial<SourceCommit> = {}): SourceCommit => ({
  id: ID, parents: [], missingParents: [], agent: 'Ann', timeMs: Date.UTC(2024, 10, 27), title: 'a title', reason: '', metadata: {}, changes: () => Promise.reject(new Error('not read')), ...changed,
})
const idOf = (title: string, reason = ''): string => importedAtomId(aCommit({ title, reason }))
const OWN = 'ATOM-COMMIT-20241127-0123456789ab'

describe('the atom id of a commit', () => {
  it('is the one that its message holds, however often', () => {
    expect(idOf('Fix (ATOM-CFG-20241126-003)')).toBe('ATOM-CFG-20241126-003')
    expect(idOf('ATOM-CFG-20241126-003', 'see ATOM-CFG-20241126-003.')).toBe('ATOM-CFG-20241126-003')
  })

  it('is made of day and commit where there is none, or several, or what only looks like one', () => {
    for (const title of ['a title', 'ATOM-CFG-20241126-003 and ATOM-CFG-20241126-004', 'XATOM-CFG-20241126-003', 'ATOM-CFG-20241126-003-x', 'ATOM-CFG-20241345-003', 'ATOM-cfg-20241126-003', 'ATOM-CFG-20241126-0x3']) expect(idOf(title), title).toBe(OWN)
  })

  it('is of the day that can be recorded', () => {
    expect(importedTimeMs(aCommit({ timeMs: -1e17 }))).toBe(TIME_MIN_MS)
    expect(importedTimeMs(aCommit({ timeMs: 1e17 }))).toBe(TIME_MAX_MS)
    expect(importedAtomId(aCommit({ timeMs: 1e17 }))).toBe('ATOM-COMMIT-99991231-0123456789ab')
  })
})

it('an author\'s name is cut to what a header takes, never inside a character', () => {
  expect([importedAgent(''), importedAgent('Ann')]).toEqual(['unknown', 'Ann'])
  for (const name of ['x'.repeat(2_000), 'ä'.repeat(2_000), `x${'\u{1f600}'.repeat(2_000)}`]) {
    const cut = importedAgent(name)
    expect([utf8Length(cut) <= NAME_MAX_BYTES, utf8Length(cut) > NAME_MAX_BYTES - 4, name.startsWith(cut), isWellFormed(cut)]).toEqual([true, true, true, true])
  }
})

describe('the body of a commit', () => {
  const NONE = { submodules: new Map<string, string>(), odd: [], saltKey: undefined }

  it('says nothing that the commit does not', () => {
    expect(importedBody(aCommit({ metadata: { author: 'Ann' } }), NONE)).toEqual({ title: 'a title', metadata: { author: 'Ann' } })
    expect(importedBody(aCommit({ reason: 'why' }), NONE).reason).toBe('why')
  })

  it('records what was left out, in an order that does not depend on the source', () => {
    const submodules = new Map([['z', ID], ['a', ID]])
    const body = importedBody(aCommit({ missingParents: [ID] }), { submodules, odd: [{ name: '.GIT', reason: 'x' }], saltKey: undefined })
    expect(body.metadata).toEqual({ git_missing_parents: [ID], git_submodules: [{ path: 'a', commit: ID }, { path: 'z', commit: ID }], git_left_out: ['.GIT'] })
    expect([...submodulesOf(body)]).toEqual([['a', ID], ['z', ID]])
  })

  it('is salted by key and commit alone', () => {
    const saltOf = (key: string, id = ID): Uint8Array | undefined => importedBody(aCommit({ id }), { ...NONE, saltKey: utf8(key) }).salt
    expect(saltOf('k')).toHaveLength(16)
    expect(saltOf('k')).toEqual(saltOf('k'))
    expect(saltOf('k')).not.toEqual(saltOf('l'))
    expect(saltOf('k')).not.toEqual(saltOf('k', 'f'.repeat(40)))
  })

  it('of somebody else is read with care for submodules', () => {
    expect(submodulesOf(undefined).size).toBe(0)
    expect(submodulesOf({ title: '', metadata: { git_submodules: 'x' } }).size).toBe(0)
    expect([...submodulesOf({ title: '', metadata: { git_submodules: [{ path: 'a', commit: 'b' }, { path: 1, commit: 'b' }, {}] } })]).toEqual([['a', 'b']])
  })
})
