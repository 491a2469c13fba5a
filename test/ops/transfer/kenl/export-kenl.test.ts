import Sqlite from 'libsql'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, getText, utf8 } from '../../../../src/base/bytes.js'
import { logItems } from '../../../../src/capture/kenl/log.js'
import { timesIn } from '../../../../src/capture/kenl/time.js'
import { formatAtomId, parseAtomId } from '../../../../src/object/atom-id.js'
import type { Body } from '../../../../src/object/body.js'
import { exportKenl, type ExportKenlResult, type KenlFormat } from '../../../../src/ops/transfer/kenl/export-kenl.js'
import { importKenl, type ImportKenlResult } from '../../../../src/ops/transfer/kenl/import-kenl.js'
import { tagF1 } from '../../../../src/ops/transfer/kenl/kenl-lines.js'
import { recordDraft, type Draft } from '../../../../src/ops/record/record-draft.js'
import type { Repo } from '../../../../src/ops/repo.js'
import { readLogState } from '../../../../src/refs/log-state.js'
import { sealContent } from '../../../../src/store/content.js'
import { readRecord } from '../../../../src/trail/record.js'
import { bareRepo } from '../../../helpers/bare-repo.js'

async function record(repo: Repo, body: Omit<Body, 'salt'>, draft: Partial<Draft> = {}): Promise<void> {
  await recordDraft(repo, { type: 'CFG', agent: 'qwen', influencedBy: [], body, files: new Map(), objects: [], layout: [], ...draft }, { ref: 'refs/heads/main', command: 'add' })
}

async function exported(repo: Repo, format: KenlFormat, revisions: readonly string[] = []): Promise<{ readonly bytes: Uint8Array; readonly result: ExportKenlResult }> {
  const parts: Uint8Array[] = []
  const operation = exportKenl(async (chunks) => { for await (const chunk of chunks) parts.push(chunk) })
  const result = await (operation.run(repo, operation.check({ format, revisions })) as Promise<ExportKenlResult>)
  return { bytes: concatBytes(parts), result }
}

async function imported(repo: Repo, bytes: Uint8Array, timeZone = 'UTC'): Promise<ImportKenlResult> {
  async function* chunks(): AsyncIterable<Uint8Array> { yield await Promise.resolve(bytes) }
  const operation = importKenl(() => logItems(chunks(), { file: 'a', times: timesIn(timeZone), timeZone }))
  return await (operation.run(repo, operation.check({ paths: ['a'] })) as Promise<ImportKenlResult>)
}

/** What a format holds of each ATOM. */
function said(repo: Repo, what: (record: ReturnType<typeof readRecord>) => unknown): unknown[] {
  return Array.from({ length: readLogState(repo.store).atoms }, (_, seq) => what(readRecord(repo, seq)))
}

const held = {
  F1: ({ header, body }: ReturnType<typeof readRecord>): unknown => [header.atomId, header.agent, Math.floor(header.timeMs / 1_000), body?.title, body?.reason],
  F4: ({ header, body }: ReturnType<typeof readRecord>): unknown => [
    header.atomId, header.agent, header.timeMs, header.operation, body?.title, body?.reason, body?.project, body?.contextSyncRef, body?.tokens?.total, { ...body?.metadata, kenl: undefined },
  ],
}

const words = fc.string({ unit: fc.constantFrom('a', 'ü', '日', '\u{1f600}', '|', '\\', 'n', '\n', '\r', '\'', '"', '{', '}', ':', '@', '\u0000', '\u001b', '\u2028', ' '), minLength: 1 }).filter((text) => text.trim() === text && !/^\s|\n\s|\s\n|\r/.test(text))

describe('export kenl', () => {
  it.each(['F1', 'F4'] as const)('%s comes back with all that it holds, whatever the texts are', async (format) => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ title: words.filter((text) => !text.includes('\n')), reason: words, agent: words, value: words }), { maxLength: 4 }), async (texts) => {
      const [repo, other] = [await bareRepo(), await bareRepo({ seed: 9 })]
      for (const { title, reason, agent, value } of texts) await record(repo, { title, reason, metadata: { value, list: [1, value] }, contextSyncRef: 'c1', tokens: { total: 7 }, project: 'p' }, { agent })
      const { bytes } = await exported(repo, format)
      expect(await imported(other, bytes)).toMatchObject({ records: texts.length + 1, oddCount: 0, refusedCount: 0 })
      expect(said(other, held[format]).slice(1)).toEqual(said(repo, held[format]))
      expect(await imported(repo, bytes)).toMatchObject({ taken: 0, known: texts.length + 1 })
    }), { numRuns: 20 })
  })

  it('F1 has tags that atom_analytics.py reads, and the exact id below', async () => {
    const repo = await bareRepo()
    await record(repo, { title: 'two | systems' }, { type: 'DUAL-BOOT' })
    const { bytes, result } = await exported(repo, 'F1')
    const lines = (getText(bytes) ?? '').split('\n').filter((line) => line !== '')
    expect(lines.filter((line) => /^\[([^\]]+)\] (ATOM-[A-Z]+-\d{8}-\d{3}) \| (.+)/.test(line))).toHaveLength(2)
    expect(lines[2]).toBe('[2026-01-02 03:04:08] ATOM-DUALBOOT-20260102-002 | two | systems')
    expect(lines[3]).toMatch(/^ {2}Context: qwen@atom-trail:ATOM-DUAL-BOOT-20260102-002 [0-9a-f]{64}$/)
    expect(result).toEqual({ format: 'F1', atoms: 2, bentTags: 1 })
    expect([tagF1(formatAtomId('DOC', '20251114', 1002)), tagF1(parseAtomId('ATOM-COMMIT-20251114-00000000000f'))]).toEqual(['ATOM-DOC-20251114-002', 'ATOM-COMMIT-20251114-015'])
  })

  it.each([['F1', '[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | one\ntwo\n  Context: ann@b:/p\n'], ['F4', 'ATOM-CFG-20251114-001: {"test": "x"}}\n']] as const)('%s goes out as it came in, unless its time is local', async (format, line) => {
    const repo = await bareRepo()
    await imported(repo, utf8(line))
    expect(getText((await exported(repo, format)).bytes)).toBe(line)
    const sydney = await bareRepo()
    await imported(sydney, utf8(line), 'Australia/Sydney')
    const again = await bareRepo({ seed: 3 })
    await imported(again, (await exported(sydney, format)).bytes)
    expect(said(again, held.F1).slice(1)).toEqual(said(sydney, held.F1).slice(1))
  })

  it('d1 is SQL that SQLite takes, once, with every text as it was and each tag once', async () => {
    const repo = await bareRepo()
    const title = 'it\'s "; DROP TABLE atom_trails; --\n\u0000 日'
    await record(repo, { title })
    const output = sealContent(utf8('out\n'))
    await record(repo, { title: 'run', evidence: [{ name: 'stdout', phase: 'other', command: ['sh', '-c', 'x'], exitCode: 3, durationMs: 5, content: output.id }] }, { objects: output.objects })
    await imported(repo, utf8('ATOM-CFG-20260102-002: the same id\n'))
    const { bytes } = await exported(repo, 'd1')
    const database = new Sqlite(':memory:')
    const sql = getText(bytes) ?? ''
    database.exec(sql)
    database.exec(sql)
    const rows = database.prepare('SELECT tag, sequence, date, hex(description) AS description, command, exit_code, stdout, duration_ms, hash, previous_hash FROM atom_trails ORDER BY id').all() as Record<string, unknown>[]
    expect(rows.map(({ tag }) => tag)).toEqual(['ATOM-INIT-20260102-001', expect.stringMatching(/^ATOM-CFG-20260102-002-[0-9a-f]{12}$/) as string, 'ATOM-CFG-20260102-003', expect.stringMatching(/^ATOM-CFG-20260102-002-[0-9a-f]{12}$/) as string])
    expect(rows[1]).toMatchObject({ description: Buffer.from(title).toString('hex').toUpperCase(), sequence: 2, date: '2026-01-02' })
    expect(rows[2]).toMatchObject({ command: 'sh -c x', exit_code: 3, stdout: 'out\n', duration_ms: 5, previous_hash: rows[1]?.['hash'] })
    for (const statement of sql.split('\n')) expect(utf8(statement).length).toBeLessThan(100_000)
  })

  it('d1-json comes back with matching hashes, and is known where it came from', async () => {
    const repo = await bareRepo()
    await record(repo, { title: 'one', reason: 'x'.repeat(40_000) })
    const { bytes } = await exported(repo, 'd1-json')
    const other = await bareRepo({ seed: 4 })
    expect(await imported(other, bytes)).toMatchObject({ taken: 2, signatures: { match: 2, mismatch: 0, absent: 0 } })
    expect(said(other, ({ header }) => [header.atomId, header.agent, header.timeMs]).slice(1)).toEqual(said(repo, ({ header }) => [header.atomId, header.agent, header.timeMs]))
    expect(await imported(repo, bytes)).toMatchObject({ taken: 0, known: 2 })
  })

  it('takes a part by revisions', async () => {
    const repo = await bareRepo()
    await record(repo, { title: 'one' })
    await record(repo, { title: 'two' })
    expect((await exported(repo, 'F4', ['HEAD~1..HEAD'])).result).toEqual({ format: 'F4', atoms: 1, bentTags: 0 })
  })
})
