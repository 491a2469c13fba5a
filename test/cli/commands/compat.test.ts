import { describe, expect, it } from 'vitest'
import { compatVerdict } from '../../../src/cli/render/compat.js'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()
const tag = (request: unknown): Promise<string> => cli.ok(['compat', 'tag', JSON.stringify(request)])
const rows = async (request: unknown = {}): Promise<Record<string, unknown>[]> => JSON.parse(await cli.ok(['compat', 'query', JSON.stringify(request)])) as Record<string, unknown>[]

describe('atom compat', () => {
  it('tag records an operation and answers with its six fields, indented by two', async () => {
    await cli.ok(['init'])
    const answer = await tag({ operation: 'save_decision', type: 'DECISION', metadata: { title: 'it\'s "so"', reason: 'why', context_sync_id: 42, token_cost: 7, influenced_by: ['ATOM-INIT-20260102-001', 'ATOM-ANALYSIS-20241127-001'] } })
    expect(answer).toMatch(/^\{\n {2}"atom_id": "ATOM-DECISION-20260102-002",\n {2}"timestamp": "2026-01-02T03:04:\d\d\+00:00",\n {2}"signature": "sha256:[0-9a-f]{64}",\n {2}"previous_atom": "ATOM-INIT-20260102-001",\n {2}"agent": "user:ann",\n {2}"metadata": \{\n {4}"/)
    expect(JSON.parse(answer)).toMatchObject({ metadata: { title: 'it\'s "so"', context_sync_id: 42, influenced_by: ['ATOM-INIT-20260102-001', 'ATOM-ANALYSIS-20241127-001'] } })
    expect(JSON.parse(await cli.ok(['show', '--json']))).toMatchObject({
      operation: 'save_decision', title: 'it\'s "so"', reason: 'why', context_sync_ref: '42', tokens: { total: 7 }, influenced_by: [{ atom_id: 'ATOM-INIT-20260102-001' }], metadata: { influenced_by: ['ATOM-INIT-20260102-001', 'ATOM-ANALYSIS-20241127-001'] },
    })
    expect(JSON.parse(await tag({ operation: 'x', type: 'test' }))).toMatchObject({ atom_id: 'ATOM-TEST-20260102-003', metadata: {} })
  })

  it('query lists rows of atom_trail, newest first, of every branch, by operation, agent, time and number', async () => {
    await cli.ok(['init'])
    await cli.ok(['add', 'CFG', 'one', '--agent', 'qwen', '--date', '2024-11-27T10:00:00Z', '--meta', 'k=v', '--ref', 'c1', '--tokens', '5'])
    await cli.ok(['add', 'DOC', 'two', '--branch', 'side', '--date', '2024-11-28T10:00:00Z'])
    expect((await rows()).map(({ atom_id: id }) => id)).toEqual(['ATOM-DOC-20241128-001', 'ATOM-CFG-20241127-001', 'ATOM-INIT-20260102-001'])
    const [row] = await rows({ agent: 'qwen' })
    expect(Object.keys(row ?? {})).toEqual(['atom_id', 'operation', 'agent', 'timestamp', 'signature', 'previous_atom', 'metadata', 'context_sync_ref', 'token_cost'])
    expect(row).toMatchObject({ operation: 'modify_file', agent: 'qwen', timestamp: '2024-11-27T10:00:00+00:00', previous_atom: 'ATOM-INIT-20260102-001', metadata: '{"title":"one","k":"v"}', context_sync_ref: 'c1', token_cost: 5 })
    const ids = async (request: unknown): Promise<unknown[]> => (await rows(request)).map(({ atom_id: id }) => id)
    expect(await ids({ operation: 'doc' })).toEqual(['ATOM-DOC-20241128-001'])
    expect(await ids({ limit: 1 })).toEqual(['ATOM-DOC-20241128-001'])
    expect(await ids({ limit: 0, operation: '', agent: null, since: '' })).toHaveLength(3)
    // The same moment in another zone.
    expect(await ids({ since: '2024-11-28T21:00:00+11:00', operation: 'doc' })).toEqual(['ATOM-DOC-20241128-001'])
    expect(await ids({ since: '2024-11-28T21:00:01+11:00', operation: 'doc' })).toEqual([])
    expect(await cli.ok(['compat', 'query', '{"agent":"nobody"}'])).toBe('[]\n')
    const text = await cli.ok(['compat', 'query'])
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`)
  })

  it('verify says three lines, or what is broken, and ends with 1', async () => {
    await cli.ok(['init'])
    expect(await cli.ok(['compat', 'verify'])).toBe('✓ All 1 ATOMs verified\n✓ Chain integrity: INTACT\n✓ No tampering detected\n')
    const finding = { severity: 'error', code: 'object-digest', object: null, atomId: null, path: null, message: 'an object is not what its name says' } as const
    const broken = compatVerdict({ ok: false, atoms: 2, objects: 5, bytes: 9, root: '', claims: [], findings: [finding, { ...finding, severity: 'warning', message: 'a clock went back' }] })
    expect(broken.map((line) => 'bytes' in line ? '' : line.map(([, text]) => text).join(''))).toEqual(['✗ Chain integrity: BROKEN, 1 error', '✗ an object is not what its name says'])
  })

  it('ends with 1 for whatever goes wrong, and says it on stderr', async () => {
    const ended = async (...words: string[]): Promise<unknown[]> => {
      const { stdout, stderr, exitCode } = await cli.run(['compat', ...words])
      return [exitCode, stdout, stderr.split('\n')[0]]
    }
    expect(await ended('tag', '{}')).toEqual([1, '', expect.stringContaining('error: ') as string])
    await cli.ok(['init'])
    expect(await ended('frob', '{}')).toEqual([1, '', 'error: Unknown command: frob'])
    expect(await ended()).toEqual([1, '', 'error: Unknown command: undefined'])
    expect(await ended('tag', '{bad')).toEqual([1, '', expect.stringContaining('error: not JSON') as string])
    expect(await ended('tag', '[]')).toEqual([1, '', 'error: the JSON must be an object'])
    expect(await ended('tag', '{"operation":"x"}')).toEqual([1, '', 'error: type must be a text'])
    expect(await ended('tag', '{"type":"A1"}')).toEqual([1, '', 'error: not an ATOM type: A1'])
    expect(await ended('tag', '{"type":"DOC","metadata":7}')).toEqual([1, '', expect.stringContaining('error: metadata must be') as string])
    expect(await ended('query', '{"limit":"ten"}')).toEqual([1, '', 'error: limit must be a whole number'])
    expect(await ended('query', '{"since":"whenever"}')).toEqual([1, '', 'error: not a date: whenever'])
  })
})
