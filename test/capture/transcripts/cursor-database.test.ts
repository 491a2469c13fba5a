import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { describe, expect, it } from 'vitest'
import { openTranscriptFiles } from '../../../src/capture/transcripts/open.js'
import { importTranscripts, type ImportTranscriptsResult } from '../../../src/ops/transfer/transcripts/import-transcripts.js'
import type { TranscriptLine } from '../../../src/ops/transfer/transcripts/transcript-source.js'
import { openForeign } from '../../../src/views/sqlite/foreign.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

function aDatabase(pairs: Readonly<Record<string, unknown>>, items: Readonly<Record<string, unknown>> = {}): string {
  const file = join(newFolder(), 'state.vscdb')
  const database = new Sqlite(file)
  database.exec('CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB); CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)')
  for (const [table, values] of [['cursorDiskKV', pairs], ['ItemTable', items]] as const) {
    for (const [key, value] of Object.entries(values)) database.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(key, value === null || typeof value === 'string' ? value : JSON.stringify(value))
  }
  database.close()
  return file
}

const open = (file: string): ReturnType<typeof openTranscriptFiles> => openTranscriptFiles({ source: 'cursor', paths: [file], root: undefined }, { cwd: join(file, '..'), home: '/nowhere', env: {}, openTables: (path) => Promise.resolve(openForeign(path)) })

async function linesOf(file: string): Promise<readonly TranscriptLine[]> {
  const lines: TranscriptLine[] = []
  for (const each of (await open(file)).files) for await (const line of each.lines()) lines.push(line)
  return lines
}

async function imported(repo: MemoryRepo, file: string): Promise<ImportTranscriptsResult> {
  const operation = importTranscripts(() => open(file))
  return await operation.run(repo, operation.check({ source: 'cursor', paths: [], branch: undefined })) as ImportTranscriptsResult
}

const at = (minute: number): string => `2026-03-01T10:0${String(minute)}:00.000Z`
const SESSION = {
  'composerData:c1': { composerId: 'c1', name: 'The file', createdAt: Date.UTC(2026, 2, 1, 10), modelConfig: { modelName: 'm1' }, workspaceIdentifier: { uri: { fsPath: '/home/ann/game' } }, fullConversationHeadersOnly: ['b2', 'b1', 'b3', 'gone'].map((bubbleId) => ({ bubbleId })) },
  'bubbleId:c1:b1': { type: 2, text: '', createdAt: at(2), toolFormerData: { name: 'edit_file_v2', toolCallId: 't', status: 'completed', rawArgs: '{"path":"a.env","contents":"A=1"}', result: '{}' } },
  'bubbleId:c1:b2': { type: 1, text: 'write it', createdAt: at(1) },
  'bubbleId:c1:b3': { type: 2, text: 'written', createdAt: at(3), tokenCount: { inputTokens: 7, outputTokens: 5 } },
  'composerData:empty': { composerId: 'empty', fullConversationHeadersOnly: [] },
  'composerData:deleted': null,
  'composerData:torn': '{"composerId":',
}

describe('a database of Cursor', () => {
  it('gives its sessions: messages in the order of the session, with times, results and tokens, twice the same', async () => {
    const file = aDatabase(SESSION)
    const before = readFileSync(file)
    const [left, right] = [await aRepo(), await aRepo()]
    const result = await imported(left, file)
    expect([Object.fromEntries(result.types), result.tokens, result.brokenCount]).toMatchObject([{ SESSION: 1, PROMPT: 1, EDIT: 1, TURN: 1, IMPORT: 1 }, { input: 7, output: 5, responses: 1 }, 0])
    expect((await imported(right, file)).object).toBe(result.object)
    expect((await imported(left, file)).added).toBe(0)
    expect(readFileSync(file)).toEqual(before)
    const lines = await linesOf(file)
    expect(lines.map(({ number, type }) => [number, type])).toEqual([[1, 'session'], [2, 'bubble of the user'], [3, 'bubble of the agent'], [4, 'bubble of the agent'], [5, 'bubble that is gone']])
    expect(lines[0]).toMatchObject({ timeMs: Date.UTC(2026, 2, 1, 10), events: [{ is: 'session', id: 'c1', metadata: { title: 'The file', cwd: '/home/ann/game' } }] })
    expect(Buffer.from(lines[1]?.bytes ?? []).toString()).toBe(`${JSON.stringify(SESSION['bubbleId:c1:b2'])}\n`)
  })

  it('gives older sessions, which have their messages inside, and tabs of a workspace', async () => {
    const file = aDatabase({ 'composerData:c2': { createdAt: 1_772_359_200_000, conversation: [{ type: 1, bubbleId: 'x', text: 'hi' }, { type: 2, bubbleId: 'y', text: 'ho' }] }, 'bubbleId:c9:z': '{' }, {
      'workbench.panel.aichat.view.aichat.chatdata': { tabs: [{ tabId: 't1', chatTitle: 'Old', lastSendTime: 1_700_000_000_000, bubbles: [{ type: 'user', id: '1', text: 'what' }, { type: 'ai', id: '2', rawText: 'that' }] }, { tabId: 't2', bubbles: [] }] },
    })
    expect((await open(file)).files.map(({ shown, sessionId }) => [shown, sessionId])).toEqual([['state.vscdb#t1', 't1'], ['state.vscdb#c2', 'c2']])
    expect((await linesOf(file)).flatMap(({ events }) => events.map((event) => event.is === 'session' ? event.id : 'text' in event ? event.text : event.is))).toEqual(['t1', 'what', 'that', 'c2', 'hi', 'ho'])
  })

  it('names a message that is no JSON, and keeps it', async () => {
    const file = aDatabase({ 'composerData:c3': { fullConversationHeadersOnly: [{ bubbleId: 'b' }] }, 'bubbleId:c3:b': '{"type":' })
    const lines = await linesOf(file)
    expect(lines[1]).toMatchObject({ standing: 'broken', problem: 'it is not JSON' })
    expect(Buffer.from(lines[1]?.bytes ?? []).toString()).toBe('{"type":\n')
  })

  it('says where there are none', async () => {
    await expect(open(aDatabase({}))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })
})
