import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { describe, expect, it } from 'vitest'
import { getText, utf8 } from '../../../src/base/bytes.js'
import { readKenl } from '../../../src/capture/kenl/source.js'
import { sha256Hex } from '../../../src/codec/hash.js'
import type { KenlItem, KenlRecord } from '../../../src/ops/transfer/kenl/kenl-source.js'
import { openForeign } from '../../../src/views/sqlite/foreign.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

async function read(files: Readonly<Record<string, string | Uint8Array>>, options: { readonly paths?: readonly string[]; readonly timeZone?: string; readonly cwd?: string } = {}): Promise<KenlItem[]> {
  const cwd = options.cwd ?? newFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), content)
  }
  const items: KenlItem[] = []
  const wish = { paths: options.paths ?? Object.keys(files), timeZone: options.timeZone ?? 'UTC' }
  for await (const item of readKenl(wish, { cwd, openTables: async (file) => Promise.resolve(openForeign(file)) })) items.push(item)
  return items
}

async function one(line: string, name = 'trail.log'): Promise<KenlRecord> {
  const items = await read({ [name]: line })
  expect(items.map(({ is }) => is)).toEqual(['record'])
  return items[0] as KenlRecord
}

const kenlOf = (record: KenlRecord): unknown => record.metadata['kenl']
const shown = (items: readonly KenlItem[]): string[] => items.flatMap((item) => item.is === 'part' ? [] :
  `${item.file}${item.line === undefined ? '' : `:${String(item.line)}`} ${item.is === 'record' ? `${item.atomId} ${item.title}` : item.is === 'refused' ? `refused: ${item.reason}` : `${item.what}: ${item.value}`}`)

describe('the formats of KENL', () => {
  it('F1: a line of the shell atom, its context, and an intent of several lines', async () => {
    const record = await one('[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | raise | the limit\n  because of this\n\n  and that\n  Context: ann@bazzite:/home/ann/p\n')
    expect(record).toMatchObject({
      atomId: 'ATOM-CFG-20251114-001', agent: 'user:ann', title: 'raise | the limit', reason: 'because of this\n\n  and that', timeMs: Date.UTC(2025, 10, 14, 9, 30), signature: 'absent', odd: ['3 lines go on with its text'],
    })
    expect(kenlOf(record)).toEqual({
      format: 'F1', tag: 'ATOM-CFG-20251114-001', time: '2025-11-14 09:30:00', time_zone: 'UTC', time_zone_assumed: true, context: 'ann@bazzite:/home/ann/p', host: 'bazzite', cwd: '/home/ann/p',
      signature: { result: 'absent' }, odd: ['3 lines go on with its text'],
    })
    expect(getText(record.raw)).toBe('[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | raise | the limit\n  because of this\n\n  and that\n  Context: ann@bazzite:/home/ann/p')
  })

  it('F2: with a platform, behind comments', async () => {
    const items = await read({ 'atom_trail.log': '# ATOM trail\r\n[2025-11-14 09:30:00] [ATOM-DUAL-BOOT-20251114-003] [windows] shrink the disk\r\n2025-11-14 10:00:00 [ATOM-GAMING-20251114-004] partition made\r\n' })
    expect(shown(items)).toEqual(['atom_trail.log:1 comment: # ATOM trail', 'atom_trail.log:2 ATOM-DUAL-BOOT-20251114-003 shrink the disk', 'atom_trail.log:3 ATOM-GAMING-20251114-004 partition made'])
    expect(kenlOf(items[1] as KenlRecord)).toMatchObject({ format: 'F2', platform: 'windows' })
  })

  it('F3: a file for each step of an operation', async () => {
    const record = await one('ATOM Tag: ATOM-SYSTEM-20251114-002\nTimestamp: 2025-11-14T09:30:00Z\nOperation: install\nIntent: add a package\nfor the game\nStatus: failed (exit: 4)\nUser: ann\nHostname: bazzite\nOS: Fedora\nsomething else\n', 'ATOM-SYSTEM-20251114-002.log')
    expect(record).toMatchObject({ atomId: 'ATOM-SYSTEM-20251114-002', operation: 'install', agent: 'user:ann', title: 'add a package', reason: 'for the game', timeMs: Date.UTC(2025, 10, 14, 9, 30) })
    expect(kenlOf(record)).toMatchObject({ format: 'F3', status: 'failed (exit: 4)', exit_code: 4, host: 'bazzite', os: 'Fedora', more: ['something else'] })
  })

  it('F4: JSON with a brace too many, text, and an ATOM as a whole', async () => {
    const id = 'ATOM-CFG-20251114-003'
    const signature = sha256Hex(utf8(`${id}:{"title":"T"}}`))
    const items = await read({ 'atom_trail.log': [
      'ATOM-TEST-20251114-001: {"test": "initial"}}',
      'ATOM-DOC-20251114-002: made it: now',
      `${id}: {"atom_id":"${id}","timestamp":"2025-11-14T20:30:00+11:00","signature":"${signature}","previous_atom":"null","agent":"claude-code","metadata":{"title":"T"}}}`,
      'ATOM-CFG-20251114-004: {"title":"U","reason":"why","agent":"qwen","influenced_by":["ATOM-DOC-20251114-002"],"token_cost":12,"context_sync_id":42}',
      'ATOM-CFG-20251114-005: {broken',
    ].join('\n') })
    expect(shown(items).map((line) => line.replace(/^atom_trail\.log:/, ''))).toEqual(['1 ATOM-TEST-20251114-001 {"test": "initial"}', '2 ATOM-DOC-20251114-002 made it: now', `3 ${id} T`, '4 ATOM-CFG-20251114-004 U', '5 ATOM-CFG-20251114-005 {broken'])
    const [braced, , whole, flat, broken] = items as KenlRecord[]
    expect(braced).toMatchObject({ metadata: { test: 'initial' }, odd: ['a brace too many stands at its end'], timeMs: Date.UTC(2025, 10, 14) })
    expect(whole).toMatchObject({ agent: 'claude-code', signature: 'match', timeMs: Date.UTC(2025, 10, 14, 9, 30), odd: ['a brace too many stands at its end', 'its previous_atom is the text "null"'] })
    expect(kenlOf(whole as KenlRecord)).toMatchObject({ previous_atom: 'null', signature: { checks: [{ field: 'signature', algorithm: 'sha256(id:metadata})' }] } })
    expect(flat).toMatchObject({ reason: 'why', agent: 'qwen', influencedBy: ['ATOM-DOC-20251114-002'], tokens: { total: 12 }, contextSyncRef: '42' })
    expect(broken?.odd).toEqual(['what follows its tag is not JSON'])
  })

  it('F5 to F7: an older trail, and two programs in one file', async () => {
    const items = await read({ '.atom-trail': [
      'ATOM-DOC-20251010-007 older text', '2025-11-17T06:00:00 | ATOM-DOC-20251101-001 | converted', '2025-11-17T06:01:00 | ATOM-DOC-20251101-002 | converted too',
      '2025-11-18T10:00:00 | ATOM-CFG-20251118-001 | [Git] | Local | pushed', '2025-11-18T10:00:01 | ATOM-CFG-20251118-002 | [WIP] | not | a context',
      '2025-11-18T10:00:02+11:00 | ATOM-CFG-20251118-003 | Git commit: fix (it) (abc1234) [Git]', '2025-11-18T10:00:03 | ATOM-CFG-20251118-004 |',
    ].join('\n') })
    expect(items.map((item) => (kenlOf(item as KenlRecord) as { format: string }).format)).toEqual(['F5', 'F6', 'F6', 'F7', 'F6', 'F6', 'F6'])
    const [older, first, second, context, plain, commit, silent] = items as KenlRecord[]
    expect(kenlOf(older as KenlRecord)).toMatchObject({ time_source: 'the date in the tag' })
    for (const record of [first, second]) expect(record).toMatchObject({ metadata: { kenl: { time_source: 'invented' } }, odd: ['its time was invented when an older trail was converted'] })
    expect(context).toMatchObject({ title: 'pushed', metadata: { kenl: { context: 'Git', location: 'Local' } } })
    expect(plain?.title).toBe('[WIP] | not | a context')
    expect(commit).toMatchObject({ title: 'fix (it)', timeMs: Date.UTC(2025, 10, 17, 23, 0, 2), metadata: { kenl: { commit: 'abc1234' } } })
    expect(silent).toMatchObject({ title: 'ATOM-CFG-20251118-004', odd: ['it has no text'] })
  })

  it('F8: flags, also where their text was not escaped', async () => {
    const line = (description: string): string => `{"timestamp":"2025-11-25T10:00:00Z","flag":"SAIF-CONFIG-20251125-003","action":"CHANGE","subject":"gpu","description":"${description}","status":"OK","platform":"linux"}`
    const items = await read({ 'saif-trail.log': `${line('plain')}\n${line('say "hi"')}\n` })
    expect(shown(items)).toEqual(['saif-trail.log:1 ATOM-SAIF-CONFIG-20251125-003 plain', 'saif-trail.log:2 ATOM-SAIF-CONFIG-20251125-003 say "hi"'])
    expect(items[1]).toMatchObject({ operation: 'CHANGE', odd: ['it is not JSON: a text in it was not escaped'], metadata: { kenl: { format: 'F8', subject: 'gpu', status: 'OK', platform: 'linux' } } })
  })

  it('F9 and F10: an export, decisions, lines of siblings without tags, lists of commits', async () => {
    const items = await read({
      'export.json': '{"trail_file":"t","exported_at":"2025-11-14T10:00:00","total_operations":1,"operations":[{"timestamp":"2025-11-14T09:30:00","tag":"ATOM-CFG-20251114-001","operation_type":"CFG","intent":"raise","context":"ann@b:/p"}]}',
      'decision.json': '{\n "atom_tag": "ATOM-DOC-20260112-001-add-tags",\n "type": "DOC",\n "description": "Add tags",\n "timestamp": "2026-01-12T11:39:32Z",\n "created_epoch": 1768217972,\n "files": ["a.md"],\n "verified": false\n}\n',
      'trail.jsonl': '{"vortexId":"v","decision":"Start","rationale":"Foundation","outcome":"success","coherenceScore":0.95,"timestamp":"2026-01-19T13:39:11.581Z","id":"atom-1768829951581-156e8d86"}\n{"atom_id":"ATOM-SYSTEM-20260105-001-aab0ca","timestamp":"2026-01-05T06:07:33.497252","category":"SYSTEM","description":"book begun","metadata":{"k":"v"}}\n',
      'commits.jsonl': '{"repo":"kenl","commit":"72db8dc6d8051721dbfb1225d22037ef96b161f0","date":"2025-11-15T03:54:19+11:00","author":"Ann","subject":"docs: two","body":"docs: two\\n\\nATOM-DOC-20251114-1000","tags":["ATOM-DOC-20251114-1000","ATOM-CFG-20251114-002","ATOM-SAGE"]}\n',
    })
    expect(shown(items)).toEqual([
      'export.json:1 ATOM-CFG-20251114-001 raise', 'decision.json ATOM-DOC-20260112-001 Add tags', expect.stringMatching(/^trail\.jsonl:1 ATOM-DECISION-20260119-[0-9a-f]{12} Start$/) as string,
      'trail.jsonl:2 ATOM-SYSTEM-20260105-001 book begun', 'commits.jsonl:1 ATOM-DOC-20251114-1000 docs: two', 'commits.jsonl:1 ATOM-CFG-20251114-002 docs: two', 'commits.jsonl:1 refused: "ATOM-SAGE" is no tag',
    ])
    expect(items[1]).toMatchObject({ metadata: { kenl: { format: 'F10', slug: 'add-tags', files: ['a.md'], verified: false } } })
    expect(items[2]).toMatchObject({ reason: 'Foundation', metadata: { kenl: { vortexId: 'v', outcome: 'success', id: 'atom-1768829951581-156e8d86' } } })
    expect(items[3]).toMatchObject({ timeMs: Date.UTC(2026, 0, 5, 6, 7, 33, 497), metadata: { k: 'v' } })
    expect(items[4]).toMatchObject({ operation: 'commit', agent: 'Ann', timeMs: Date.UTC(2025, 10, 14, 16, 54, 19), reason: 'ATOM-DOC-20251114-1000' })
  })

  it('tables: rows of the plugin, of kenl-atom and of others', async () => {
    const cwd = newFolder()
    const database = new Sqlite(join(cwd, 'data.db'))
    const signature = sha256Hex(utf8('ATOM-CFG-20251114-001:{"title":"T"}'))
    const hash = sha256Hex(utf8('ATOM-SYSTEM-20251114-0012025-11-14 09:30:00installNone'))
    database.exec(`
      CREATE TABLE atom_trail (atom_id TEXT PRIMARY KEY, operation TEXT, agent TEXT, timestamp TEXT, signature TEXT, previous_atom TEXT, metadata JSON, context_sync_ref TEXT, token_cost INTEGER);
      INSERT INTO atom_trail VALUES ('ATOM-CFG-20251114-001', 'modify_file', 'qwen', '2025-11-14T20:30:00+11:00', '${signature}', '', '{"title":"T"}', 'c1', 7);
      CREATE TABLE atom_trails (id INTEGER PRIMARY KEY, tag TEXT, type TEXT, timestamp DATETIME, user TEXT, hostname TEXT, description TEXT, command TEXT, exit_code INTEGER, previous_hash TEXT, hash TEXT);
      INSERT INTO atom_trails VALUES (1, 'ATOM-SYSTEM-20251114-001', 'SYSTEM', '2025-11-14 09:30:00', 'ann', 'b', 'install', NULL, 0, NULL, '${hash}'), (2, 'ATOM-SYSTEM-20251114-002', 'SYSTEM', '2025-11-14 09:31:00', 'ann', 'b', 'changed', NULL, 1, 'other', '${hash}');
      CREATE TABLE unrelated (x)`)
    database.close()
    const items = await read({}, { cwd, paths: ['data.db'], timeZone: 'Australia/Sydney' })
    expect(shown(items)).toEqual(['data.db#atom_trail:1 ATOM-CFG-20251114-001 T', 'data.db#atom_trails:1 ATOM-SYSTEM-20251114-001 install', 'data.db#atom_trails:2 ATOM-SYSTEM-20251114-002 changed'])
    const [plugin, first, second] = items as KenlRecord[]
    expect(plugin).toMatchObject({ operation: 'modify_file', agent: 'qwen', signature: 'match', tokens: { total: 7 }, contextSyncRef: 'c1', odd: ['its previous_atom is the text ""'] })
    expect(first).toMatchObject({ agent: 'user:ann', signature: 'match', timeMs: Date.UTC(2025, 10, 14, 9, 30), metadata: { kenl: { hostname: 'b', exit_code: 0, time_zone: 'UTC' } } })
    expect(second).toMatchObject({ signature: 'mismatch', metadata: { kenl: { previous_hash_result: 'mismatch' } } })
  })
})

describe('what is strange', () => {
  it('bytes that are not UTF-8, UTF-16, and a torn last line', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('ATOM-DOC-20251114-001: überall\r\n', 'utf16le')])
    const items = await read({ 'latin.log': Buffer.from('ATOM-DOC-20251114-001: \xfcberall', 'latin1'), 'utf16.log': utf16 })
    expect(shown(items)).toEqual(['latin.log:1 ATOM-DOC-20251114-001 überall', 'utf16.log:1 ATOM-DOC-20251114-001 überall'])
    expect(items[0]).toMatchObject({ odd: ['it is not UTF-8: each byte became the character of its number'] })
    expect(Buffer.from((items[0] as KenlRecord).raw).toString('latin1')).toBe('ATOM-DOC-20251114-001: \xfcberall')
  })

  it('a local time in an hour that came twice', async () => {
    const [item] = await read({ 'a.log': '[2025-10-26 02:30:00] ATOM-CFG-20251026-001 | x\n' }, { timeZone: 'Europe/Berlin' })
    expect(item).toMatchObject({ timeMs: Date.UTC(2025, 9, 26, 0, 30), odd: [expect.stringContaining('came twice') as string], metadata: { kenl: { time_zone: 'Europe/Berlin', time_zone_assumed: true } } })
  })

  it('values that cannot be recorded stay in the evidence, and that is said', async () => {
    const record = await one('ATOM-CFG-20251114-001: {"title":"T","deep":' + '['.repeat(200) + ']'.repeat(200) + ',"half":"\\ud800","__proto__":{"x":1}}\n')
    expect(record.odd).toEqual([expect.stringContaining('deep stands in the evidence only') as string, expect.stringContaining('half stands in the evidence only') as string])
    expect(Object.keys(record.metadata)).toEqual(['title', '__proto__', 'kenl'])
  })
})

describe('what cannot be taken', () => {
  it('is named by file and line, and costs nothing else', async () => {
    const items = await read({ 'a.log': `no tag\nATOM-DOC-YYYYMMDD-NNN: to fill in\n{"broken\n${'x'.repeat(1_100_000)}\nATOM-DOC-20251114-001: kept\n`, 'empty.log': '', 'bad.json': '{"atom_tag":', 'binary.log': Uint8Array.of(65, 0, 66), 'number.json': '7' })
    expect(shown(items)).toEqual([
      'a.log:1 refused: it has no tag, and follows no line that has', 'a.log:2 refused: its tag is one to be filled in', 'a.log:3 refused: it is not JSON', 'a.log:4 refused: it is a line of 1100000 bytes', 'a.log:5 ATOM-DOC-20251114-001 kept',
      'empty.log refused: it is empty', 'bad.json refused: it is not JSON', 'binary.log refused: it holds bytes that are no text', 'number.json refused: it is JSON, and no record',
    ])
  })

  it('keeps its bytes as they stand: returns, marks and bytes that are no text too', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffno tag\r\n{"x":1}\r\n'), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.alloc(3_000_000, 'y'), Buffer.from('\n[7]\n')])
    const items = await read({ 'a.log': bytes, 'binary.log': Uint8Array.of(65, 0, 66), 'bad.json': '{"atom_tag":\n' })
    const kept: Buffer[] = []
    let parts: Uint8Array[] = []
    for (const item of items) {
      if (item.is === 'part') parts.push(item.bytes)
      if (item.is !== 'refused') continue
      kept.push(Buffer.concat([...parts, item.raw ?? Buffer.from('nothing')]))
      parts = []
    }
    expect(kept.map((each) => each.length > 100 ? each.length : each.toString('latin1'))).toEqual(['\xef\xbb\xbfno tag\r', '{"x":1}\r', '\xff\xfe', 3_000_000, '[7]', 'A\0B', '{"atom_tag":\n'])
  })

  it('keeps the bytes of a file of a folder that has a record behind them', async () => {
    const cwd = newFolder()
    const items = await read({ 'trail/a.log': 'first\nATOM-DOC-20251114-001: x\n', 'trail/b.txt': 'other\n' }, { cwd, paths: ['trail'] })
    expect(shown(items)).toEqual(['trail/a.log:1 refused: it has no tag, and follows no line that has', 'trail/a.log:2 ATOM-DOC-20251114-001 x', 'trail/b.txt other file: it holds no record of KENL'])
  })

  it('does not end a folder: loops, pipes, other files are passed over; decisions come by day and number', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'trail/sub'), { recursive: true })
    symlinkSync('..', join(cwd, 'trail/sub/loop'))
    expect(spawnSync('mkfifo', [join(cwd, 'trail/pipe')]).status).toBe(0)
    const decision = (tag: string): string => JSON.stringify({ atom_tag: tag, description: tag, timestamp: '2026-01-12T11:39:32Z' })
    const items = await read({
      'trail/ATOM-ZED-20260101-002-b.json': decision('ATOM-ZED-20260101-002-b'), 'trail/ATOM-ABC-20260102-001-a.json': decision('ATOM-ABC-20260102-001-a'), 'trail/ATOM-DOC-20260101-001-c.json': '',
      'trail/package.json': '{"name":"x","description":"no record"}', 'trail/notes.md': 'see ATOM-DOC-20260101-001\n', 'trail/.counter': '037\n', 'trail/DOC-20260101.count': '', 'trail/.git/x.log': 'ATOM-DOC-20260101-001: no\n',
    }, { cwd, paths: ['trail', 'trail/ATOM-ABC-20260102-001-a.json'] })
    expect(shown(items).map((line) => line.replace(/^trail\//, ''))).toEqual([
      '.counter counter: 037', 'DOC-20260101.count counter: (empty)', 'notes.md other file: it holds no record of KENL', 'package.json other file: it holds no record of KENL', 'pipe other file: it is no plain file',
      'sub/loop other file: it is a symbolic link', 'ATOM-DOC-20260101-001-c.json refused: it is empty', 'ATOM-ZED-20260101-002-b.json ATOM-ZED-20260101-002 ATOM-ZED-20260101-002-b', 'ATOM-ABC-20260102-001-a.json ATOM-ABC-20260102-001 ATOM-ABC-20260102-001-a',
    ])
  })

  it('is a path that is not there, or leads round in a circle: nothing is read then', async () => {
    const cwd = newFolder()
    symlinkSync('loop', join(cwd, 'loop'))
    await expect(read({ 'a.log': 'ATOM-DOC-20251114-001: x' }, { cwd, paths: ['a.log', 'nothing'] })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: 'cannot read nothing: there is no such file or folder' })
    await expect(read({}, { cwd, paths: ['loop'] })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', data: { reason: 'its links lead round in a circle' } })
  })

  it('is a damaged database, or one without such tables', async () => {
    const cwd = newFolder()
    const database = new Sqlite(join(cwd, 'other.db'))
    database.exec('CREATE TABLE x (y)')
    database.close()
    const items = await read({ 'bad.db': `SQLite format 3\0${'junk'.repeat(300)}` }, { cwd, paths: ['bad.db', 'other.db'] })
    expect(shown(items)).toEqual([expect.stringContaining('bad.db refused: as a database it cannot be read') as string, 'other.db refused: it is a database without atom_trail, atom_trails, atom_entries'])
  })
})
