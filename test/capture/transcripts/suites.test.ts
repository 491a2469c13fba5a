import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTranscriptFiles } from '../../../src/capture/transcripts/open.js'
import { stats, type StatsResult } from '../../../src/ops/look/stats.js'
import { verify, type VerifyResult } from '../../../src/ops/prove/verify.js'
import { importTranscripts, type ImportTranscriptsResult } from '../../../src/ops/transfer/transcripts/import-transcripts.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { suitePath } from '../../helpers/suites.js'

const log = suitePath('transcripts-claude-code-log')
const gitAi = suitePath('transcripts-git-ai')

async function take(repo: MemoryRepo, source: string, paths: readonly string[]): Promise<ImportTranscriptsResult> {
  const operation = importTranscripts((wish) => openTranscriptFiles(wish, { cwd: '/', home: '/nowhere', env: {}, openTables: () => Promise.reject(new TypeError('no database is among them')) }))
  return await operation.run(repo, operation.check({ source, paths })) as ImportTranscriptsResult
}

/** The bill, computed by the rule alone: one response is (message.id, requestId), the line with the largest output counts. */
function billOf(files: readonly string[]): { input: number; output: number; cacheRead: number; cacheWrite: number } {
  const best = new Map<string, Record<string, number>>()
  for (const line of files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))) {
    try {
      const { message, requestId } = JSON.parse(line) as { message?: { id?: string; model?: string; usage?: Record<string, number> }; requestId?: string }
      if (message?.usage === undefined || message.id === undefined || message.model === '<synthetic>') continue
      const key = JSON.stringify([message.id, requestId])
      if ((message.usage['output_tokens'] ?? 0) > (best.get(key)?.['output_tokens'] ?? -1)) best.set(key, message.usage)
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
    }
  }
  const sum = (field: string): number => [...best.values()].reduce((total, usage) => total + (usage[field] ?? 0), 0)
  return { input: sum('input_tokens'), output: sum('output_tokens'), cacheRead: sum('cache_read_input_tokens'), cacheWrite: sum('cache_creation_input_tokens') }
}

async function billHere(repo: MemoryRepo): Promise<object> {
  const { tokens: { input, output, cacheRead, cacheWrite } } = await stats.run(repo, stats.check({ revisions: [] })) as StatsResult
  return { input, output, cacheRead, cacheWrite }
}

async function isClean(repo: MemoryRepo): Promise<boolean> {
  return (await verify.run(repo, verify.check({})) as VerifyResult).ok
}

describe.skipIf(log === undefined)('transcripts of claude-code-log', () => {
  const folder = join(log ?? '', 'test/test_data')
  const files = log === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name))

  it.each(files.map((file) => [file.slice(folder.length + 1), file]))('%s is read, and costs what the rule says', async (_, file) => {
    const repo = await aRepo()
    const result = await take(repo, 'claude-code', [file])
    expect([result.brokenCount, result.refused]).toEqual([0, []])
    expect(await billHere(repo)).toEqual(billOf([file]))
    expect((await take(repo, 'claude-code', [file])).added).toBe(0)
    expect(await isClean(repo)).toBe(true)
  })

  it('cost together what the rule says, in one import and in several', async () => {
    const [once, often] = [await aRepo(), await aRepo()]
    await take(once, 'claude-code', [folder])
    for (const file of files) await take(often, 'claude-code', [file])
    expect(await billHere(once)).toEqual(billOf(files))
    expect(await billHere(often)).toEqual(billOf(files))
  })
})

describe.skipIf(gitAi === undefined)('transcripts of git-ai', () => {
  const folder = join(gitAi ?? '', 'tests')
  const CASES: readonly (readonly [string, string, readonly string[]])[] = [
    ['claude-code', 'fixtures/example-claude-code.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['claude-code', 'fixtures/claude-code-with-thinking.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['claude-code', 'fixtures/claude-code-with-plan.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['claude-code', 'fixtures/claude-model-not-last.jsonl', ['SESSION', 'PROMPT', 'TURN']],
    ['claude-code', 'transcripts/fixtures', ['SESSION', 'PROMPT', 'EDIT', 'COMMAND', 'TURN']],
    ['codex', 'fixtures/codex-session-simple.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['codex', 'fixtures/codex-session-updated.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'COMMAND', 'TURN']],
    ['gemini', 'fixtures/gemini-session-simple.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['cursor', 'fixtures/cursor-session-simple.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['copilot', 'fixtures/copilot_cli_session_events.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['copilot', 'fixtures/copilot_cli_session_no_model.jsonl', ['SESSION', 'PROMPT', 'TURN']],
    ['copilot', 'fixtures/copilot_vscode_event_stream.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['copilot', 'fixtures/copilot_session_event_stream.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['amp', 'fixtures/amp-threads', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['droid', 'fixtures/droid-session.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['pi', 'fixtures/pi-session-tool.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
    ['pi', 'fixtures/pi-session-simple.jsonl', ['SESSION', 'PROMPT', 'TURN']],
    ['pi', 'fixtures/pi-session-ignorable.jsonl', ['SESSION', 'PROMPT', 'TURN']],
    ['windsurf', 'fixtures/windsurf-session-simple.jsonl', ['SESSION', 'PROMPT', 'EDIT', 'COMMAND', 'TURN']],
    ['continue', 'fixtures/continue-cli-session-simple.json', ['SESSION', 'PROMPT', 'EDIT', 'TURN']],
  ]

  it.each(CASES)('%s: %s', async (source, path, types) => {
    const repo = await aRepo()
    const result = await take(repo, source, [join(folder, path)])
    expect([result.brokenCount, [...result.odd]]).toEqual([0, []])
    for (const type of types) expect([type, result.types.get(type)]).toEqual([type, expect.any(Number)])
    expect((await take(repo, source, [join(folder, path)])).added).toBe(0)
    expect(await isClean(repo)).toBe(true)
    if (source === 'claude-code' && path.endsWith('.jsonl')) expect(await billHere(repo)).toEqual(billOf([join(folder, path)]))
  })
})
