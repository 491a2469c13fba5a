import { describe, expect, it } from 'vitest'
import { isAtomId } from '../../../../src/object/atom-id.js'
import { callUnit, recordable, titleOf, unitAtomId, unitBody, type ToolCall } from '../../../../src/ops/transfer/transcripts/transcript-unit.js'

const call = (work: ToolCall['work']): ToolCall => ({ key: 'k', tool: 'Tool', input: { a: 1 }, work, timeMs: 5 })

describe('pieces of a session', () => {
  it('have an atom id of their name in the source alone', () => {
    const unit = { type: 'PROMPT', key: 'u1', dayMs: Date.UTC(2026, 2, 1) } as const
    expect(unitAtomId('codex', unit)).toMatch(/^ATOM-PROMPT-20260301-[0-9a-f]{12}$/)
    expect(isAtomId(unitAtomId('codex', { ...unit, dayMs: 1e300 }))).toBe(true)
    expect(new Set([unitAtomId('codex', unit), unitAtomId('gemini', unit), unitAtomId('codex', { ...unit, key: 'u2' })]).size).toBe(3)
  })

  it('have the first line that says something as title, cut between characters', () => {
    expect(titleOf('\n  \n first \nsecond', 'none')).toBe('first')
    expect(titleOf(' \n', 'none')).toBe('none')
    expect([...titleOf('😀'.repeat(200), 'none')]).toHaveLength(120)
    expect(recordable('a\ud800b😀\udc00')).toBe('a\ufffdb😀\ufffd')
  })

  it('are nothing where a call only looks', () => {
    expect(callUnit(call({ kind: 'quiet' }), undefined, 9)).toBeUndefined()
  })

  it('tell what a call did by what is known of it', () => {
    expect(callUnit(call({ kind: 'other' }), { isError: true, output: 'no' }, 9)).toMatchObject({ type: 'TOOL', timeMs: 9, dayMs: 5, metadata: { tool: 'Tool', failed: true, input: { a: 1 } }, evidence: [{ name: 'output', text: 'no' }] })
    expect(callUnit(call({ kind: 'command', command: ['ls'] }), undefined, 9)).toMatchObject({ type: 'COMMAND', title: 'ls', metadata: { result: 'none' }, evidence: [{ command: ['ls'] }] })
    expect(callUnit(call({ kind: 'command', command: ['ls'] }), { isError: false, output: '', stderr: 'e', exitCode: 0, durationMs: 3 }, 9)).toMatchObject({ evidence: [{ name: 'stdout', exitCode: 0, durationMs: 3, text: '' }, { name: 'stderr', text: 'e' }] })
    const edits = ['a', 'b', 'c', 'd'].map((path) => ({ path, how: 'create' as const }))
    expect(callUnit(call({ kind: 'edit', edits, patch: 'p' }), undefined, 9)).toMatchObject({ operation: 'create_file', title: 'Tool a, b and 2 more', evidence: [{ name: 'patch' }] })
    expect(callUnit(call({ kind: 'edit', edits: [...edits, { path: 'e', how: 'delete' }] }), undefined, 9)).toMatchObject({ operation: 'modify_file' })
  })

  it('say where they come from, and keep their lines', () => {
    const unit = { type: 'TURN', key: 'k', operation: 'answer', timeMs: 0, dayMs: 0, title: 't', metadata: {}, evidence: [] } as const
    const { body, contents } = unitBody({ ...unit, evidence: [{ name: 'output', phase: 'other', text: 'x' }] }, { agent: 'codex', session: 's', file: 'f.jsonl', lines: undefined })
    expect([contents.length, body.metadata?.['transcript'], body.evidence?.length]).toEqual([1, { key: expect.stringMatching(/^[0-9a-f]{64}$/), session: 's' }, 1])
    expect(body.salt).toBeUndefined()
  })
})
