import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isWellFormed, utf8 } from '../../../../src/base/bytes.js'
import { toJsonLine } from '../../../../src/cli/terminal/json.js'
import { Float, type CborValue } from '../../../../src/codec/cbor.js'
import { Cid } from '../../../../src/codec/cid.js'
import { digestOf, type ObjectId } from '../../../../src/codec/object-id.js'
import { sha256 } from '../../../../src/codec/hash.js'
import type { Body } from '../../../../src/object/body.js'
import { seal } from '../../../../src/object/seal.js'
import { encodeReceipt } from '../../../../src/object/receipt.js'
import { encodeTag } from '../../../../src/object/tag.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type TreeEntry } from '../../../../src/object/tree.js'
import { exportJsonl } from '../../../../src/ops/transfer/jsonl/export-jsonl.js'
import { importJsonl, type ImportJsonlResult } from '../../../../src/ops/transfer/jsonl/import-jsonl.js'
import { verify } from '../../../../src/ops/prove/verify.js'
import { recordDraft } from '../../../../src/ops/record/record-draft.js'
import type { Repo } from '../../../../src/ops/repo.js'
import { readLogState } from '../../../../src/refs/log-state.js'
import { listRefs, getRef, pointAt, resolveRef } from '../../../../src/refs/ref.js'
import { sealContent } from '../../../../src/store/content.js'
import { objectKey, rangeOf } from '../../../../src/store/keys.js'
import { readRecord } from '../../../../src/trail/record.js'
import { bareRepo } from '../../../helpers/bare-repo.js'
import { suitePath } from '../../../helpers/suites.js'

async function exported(repo: Repo, revisions: readonly string[] = []): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportJsonl.run(repo, { revisions }) as AsyncIterable<unknown>) lines.push(toJsonLine(line))
  return lines
}

function imported(repo: Repo, lines: readonly string[]): Promise<ImportJsonlResult> {
  const bytes = utf8(lines.join('\n'))
  async function* chunks(): AsyncIterable<Uint8Array> {
    await Promise.resolve()
    // Cut at places that have nothing to do with lines or characters.
    for (let offset = 0; offset < bytes.length; offset += 977) yield bytes.subarray(offset, offset + 977)
  }
  return importJsonl(chunks, 'trail.jsonl').run(repo, {}) as Promise<ImportJsonlResult>
}

interface Recording {
  readonly body: Omit<Body, 'salt'>
  readonly files?: ReadonlyMap<string, { readonly mode: TreeEntry['mode']; readonly bytes: Uint8Array } | undefined>
  readonly ref?: string
  readonly agent?: string
}

async function record(repo: Repo, { body, files = new Map(), ref = 'refs/heads/main', agent = 'qwen' }: Recording): Promise<ObjectId> {
  const contents = new Map([...files].map(([path, file]) => [path, file === undefined ? undefined : { mode: file.mode, content: sealContent(file.bytes) }]))
  const entries = new Map([...contents].map(([path, file]) => [path, file === undefined ? undefined : { mode: file.mode, link: file.content.id }]))
  const objects = [...contents.values()].flatMap((file) => file?.content.objects ?? [])
  const { id } = await recordDraft(repo, { type: 'CFG', agent, influencedBy: [], body, files: entries, objects, layout: [] }, { ref, command: 'add' })
  return id
}

/** Everything that must be equal: refs, and every object that they reach. */
async function stateOf(repo: Repo): Promise<unknown> {
  const refs = (await listRefs(repo.store, 'refs/')).map(({ name, target }) => [name, target])
  const reached: string[] = []
  for (const line of await exported(repo)) reached.push(line)
  return { refs, head: getRef(repo.store, 'HEAD'), lines: reached.sort() }
}

async function checkRoundTrip(repo: Repo): Promise<Repo> {
  const lines = await exported(repo)
  const other = await bareRepo({ seed: 77, branch: 'other' })
  const result = await imported(other, lines)
  expect(result.problems).toEqual([])
  expect(await stateOf(other)).toEqual(await stateOf(repo))
  for await (const list of repo.store.scan(rangeOf('object'))) {
    for (const [key, value] of list) if (Buffer.from(value).includes('kind') && !Buffer.from(value).includes('bop')) expect(Buffer.from(other.store.getRecord(key) ?? []).equals(value), Buffer.from(key).toString('hex')).toBe(true)
  }
  expect(await imported(other, lines)).toMatchObject({ added: 0, recorded: 0, problems: [] })
  return other
}

describe('export jsonl | import jsonl', () => {
  test('values that JSON has no room for survive to the byte', async () => {
    const repo = await bareRepo()
    const metadata: { [key: string]: CborValue } = {
      float: new Float(1), half: 0.5, huge: 2n ** 64n - 1n, least: -(2n ** 64n), wide: 2 ** 53 - 1, beyond: new Float(2 ** 60), bytes: Uint8Array.of(0, 255), like: { $bytes: '00ff' },
      link: new Cid(0x71, 0x12, sha256(utf8('x'))), nested: [[], {}, null, true, { deep: [new Float(0)] }],
    }
    Object.defineProperty(metadata, '__proto__', { value: 'only a key', enumerable: true, configurable: true, writable: true })
    await record(repo, { body: { title: 'a', metadata } })
    await record(repo, { body: { title: '', reason: '', project: '', contextSyncRef: '', tokens: { input: 0, total: 0, costUsd: 2 } } })
    await record(repo, { body: { title: 'b', tokens: { model: 'm', input: 1, output: 2, total: 9, costUsd: 0.25 }, evidence: [{ name: 'e', phase: 'before', command: [], exitCode: -1, durationMs: 0, value: 2 ** 60, unit: '' }, { name: '', phase: 'other', value: 'text' }] } })
    await checkRoundTrip(repo)
  })

  test('random trails come back the same', async () => {
    const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.constantFrom<CborValue>(null, true, false), fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }), fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => Object.is(number, -0) ? 0 : Number.isInteger(number) ? new Float(number) : number), fc.uint8Array({ maxLength: 8 }), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), tie('value'), { maxKeys: 3 })),
    })).value
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    const path = fc.constantFrom('project/a', 'project/d/b', 'project/d/e/c', 'home/.x', 'system/etc/h', 'project/~/n', 'project/~x', 'home/~/m')
    const file = fc.option(fc.record({ mode: fc.constantFrom(FILE_MODE, EXECUTABLE_MODE, SYMLINK_MODE), bytes: fc.uint8Array({ maxLength: 12 }) }), { nil: undefined })
    const step = fc.record({
      title: text, reason: fc.option(text, { nil: undefined }), metadata: fc.dictionary(text, value, { maxKeys: 4 }),
      files: fc.array(fc.tuple(path, file), { maxLength: 4 }), branch: fc.constantFrom('main', 'side', 'a/b'), agent: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    })
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const repo = await bareRepo()
      for (const { title, reason, metadata, files, branch, agent } of steps) await record(repo, { body: { title, ...(reason !== undefined && { reason }), metadata }, files: new Map(files), ref: `refs/heads/${branch}`, agent })
      await checkRoundTrip(repo)
    }), { numRuns: 60 })
  })

  const blns = suitePath('sec-blns')
  test.skipIf(blns === undefined)('naughty strings as titles, reasons, metadata, file names and contents', async () => {
    const strings = (JSON.parse(readFileSync(join(blns ?? '', 'blns.json'), 'utf8')) as string[]).filter(isWellFormed)
    const repo = await bareRepo()
    for (let from = 0; from < strings.length; from += 40) {
      const some = strings.slice(from, from + 40)
      const files = new Map(some.filter((text) => text !== '' && !/[/\0]/.test(text) && !['.', '..'].includes(text) && text.length < 200).map((text) => [`project/${text}`, { mode: FILE_MODE, bytes: utf8(text) }] as const))
      await record(repo, { body: { title: some[0] ?? '', reason: some.join('\n'), metadata: Object.fromEntries(some.map((text, index) => [`${text}${String(index)}`, text])) }, files })
    }
    for (const title of strings) await record(repo, { body: { title } })
    await checkRoundTrip(repo)
  })

  test('large contents go chunk by chunk, large values beside the line, and no line is longer than the reader takes', async () => {
    const repo = await bareRepo()
    const bytes = new Uint8Array(2 * 1_048_576 + 5).map((_, index) => index * 7 + (index >> 8))
    const files = new Map([['project/large.bin', { mode: FILE_MODE, bytes }], ...Array.from({ length: 9_000 }, (_, index) => [`project/many/${String(index)}`, { mode: FILE_MODE, bytes: utf8(String(index % 7)) }] as const)])
    await record(repo, { body: { title: 't'.repeat(3_000_000), reason: '\u0007'.repeat(100_000), metadata: { list: Array.from({ length: 400_000 }, (_, index) => index), text: 'x'.repeat(70_000) } }, files })
    await record(repo, { body: { title: 'one list', metadata: { list: Array.from({ length: 700_000 }, (_, index) => index) } } })
    const content = sealContent(bytes)
    await repo.writer.putAhead(content.objects)
    await record(repo, { body: { title: 'evidence', evidence: [{ name: 'log', phase: 'after', content: content.id }] } })
    const lines = await exported(repo)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(4_000_000)
    expect(lines.filter((line) => line.startsWith('{"kind":"files"')).length).toBeGreaterThan(1)
    await checkRoundTrip(repo)
  })

  test('tags of tags, a detached HEAD and remote branches come along', async () => {
    const repo = await bareRepo()
    const id = await record(repo, { body: { title: 'one' } })
    const inner = seal(encodeTag({ name: 'v1', target: id, agent: 'ann', timeMs: -5, message: 'inner\n' }))
    const outer = seal(encodeTag({ name: 'v1-outer', target: inner.id, agent: 'ann', timeMs: 7, message: '' }))
    await repo.writer.transact({ agent: 'ann', command: 'tag' }, (tx) => {
      tx.put(inner)
      tx.put(outer)
      for (const [ref, next] of [['refs/tags/v1-outer', outer.id], ['refs/tags/light', id], ['refs/remotes/o/main', id], ['HEAD', id]] as const) tx.edit({ ref, expected: 'any', next: pointAt(next) })
    })
    await checkRoundTrip(repo)
  })

  test('what was forgotten stays explained by its receipt', async () => {
    const repo = await bareRepo()
    const id = await record(repo, { body: { title: 'secret' }, files: new Map([['project/s', { mode: FILE_MODE, bytes: utf8('secret') }]]) })
    const { header } = readRecord(repo, 1)
    const gone = [{ object: header.body, role: 'body' as const }, { object: sealContent(utf8('secret')).id, role: 'content' as const }]
    await repo.writer.transact({ agent: 'ann', command: 'forget' }, (tx) => {
      for (const { object, role } of gone) {
        const receipt = seal(encodeReceipt({ object, role, timeMs: 1, reason: 'privacy' }))
        tx.put(receipt)
        tx.edit({ ref: `refs/atom/forgotten/${digestOf(object)}`, expected: undefined, next: pointAt(receipt.id) })
        tx.deleteRecord(objectKey(object))
      }
    })
    const lines = await exported(repo)
    expect(lines.join('\n')).not.toContain('secret')
    const other = await checkRoundTrip(repo)
    expect(readRecord(other, other.index.seqOf(id)).body).toBeUndefined()
  })

  test('a part goes onto its base, and is refused by number without it', async () => {
    const repo = await bareRepo()
    for (const title of ['one', 'two', 'three']) await record(repo, { body: { title }, files: new Map([[`project/${title}`, { mode: FILE_MODE, bytes: utf8(title) }]]) })
    const part = await exported(repo, ['main~2..main'])
    expect(part.filter((line) => line.includes('"kind":"atom"')).length).toBe(2)
    const base = await bareRepo({ seed: 5 })
    await imported(base, await exported(repo, ['main~2']))
    expect(await imported(base, part)).toMatchObject({ added: 2, problemCount: 0 })
    expect(resolveRef(base.store, 'refs/heads/main')).toBe(resolveRef(repo.store, 'refs/heads/main'))
    const refused = await imported(await bareRepo({ seed: 6 }), part)
    expect(refused).toMatchObject({ added: 0, refs: [] })
    expect(refused.problems.map(({ code }) => code)).toEqual(['LINK_MISSING', 'LINK_MISSING', 'INPUT_INVALID'])
  })

  test('what is recorded afterwards has an id that no ATOM has yet, on every day that came', async () => {
    const repo = await bareRepo()
    for (const title of ['one', 'two', 'three']) await record(repo, { body: { title } })
    const other = await bareRepo({ seed: 5 })
    await imported(other, await exported(repo))
    await record(other, { body: { title: 'four' } })
    const ids = Array.from({ length: readLogState(other.store).atoms }, (_, seq) => other.index.node(seq).atomId)
    expect(ids.filter((id) => id.startsWith('ATOM-CFG-')).map((id) => id.slice(-3))).toEqual(['002', '003', '004', '005'])
    expect(await verify.run(other, verify.check({}))).toMatchObject({ ok: true })
  })

  test('into a store with work of its own nothing of that is moved', async () => {
    const repo = await bareRepo()
    await record(repo, { body: { title: 'theirs' } })
    const ours = await bareRepo({ seed: 8 })
    const tip = await record(ours, { body: { title: 'ours' } })
    const result = await imported(ours, await exported(repo))
    expect(result.refs.map(({ ref }) => ref)).toEqual(['refs/heads/imported/main'])
    expect(resolveRef(ours.store, 'HEAD')).toBe(tip)
  })
})

describe('import jsonl', () => {
  test('names every bad line by its number and loses no other', async () => {
    const repo = await bareRepo()
    for (const title of ['one', 'two']) await record(repo, { body: { title }, files: new Map([['project/a', { mode: FILE_MODE, bytes: utf8(title) }]]) })
    const lines = await exported(repo)
    const bad = ['{', '[]', '7', '{"kind":"?"}', '{"type":"DECISION"}', '{"type":"decision","title":"x"}', '{"type":"DOC","title":"x","tilte":"y"}', '{"type":"DOC","title":"","reason":"r"}', '{"kind":"content","object":"00","text":"x"}',
      `{"kind":"content","object":"${'0'.repeat(64)}","text":"x"}`, '{"type":"DOC","title":"x","files":[{"path":"../x","text":""}]}', '{"type":"DOC","title":"x","influenced_by":["nothing-such"]}', '{"type":"DOC","title":"x","timestamp":"then"}', '{"type":"DOC","title":"\\ud800"}', '{"kind":"ref","ref":"refs/heads/x..y","object":"00"}']
    const mixed = lines.flatMap((line, index) => [line, '', bad[index] ?? '{']).concat(bad.slice(lines.length))
    const other = await bareRepo({ seed: 4 })
    const result = await imported(other, mixed)
    expect(result.added).toBe(3)
    expect(resolveRef(other.store, 'HEAD')).toBe(resolveRef(repo.store, 'HEAD'))
    const wanted = mixed.flatMap((line, index) => line === '' || lines.includes(line) ? [] : [index + 1])
    expect(result.problems.map(({ line }) => line)).toEqual(wanted)
  })

  test('a changed word, a lost line, a cut-off end: told, never taken in', async () => {
    const repo = await bareRepo()
    await record(repo, { body: { title: 'the truth' } })
    await record(repo, { body: { title: 'after it' } })
    const lines = await exported(repo)
    const forged = await imported(await bareRepo({ seed: 2 }), lines.map((line) => line.replace('the truth', 'the lie')))
    expect(forged.problems.map(({ code }) => code)).toEqual(['OBJECT_CORRUPT', 'LINK_MISSING', 'INPUT_INVALID'])
    expect(forged).toMatchObject({ added: 1, refs: [] })
    expect(await imported(await bareRepo({ seed: 2 }), lines.slice(0, -1))).toMatchObject({ isCutOff: true })
    await expect(imported(await bareRepo(), ['{"kind":"trail","version":2}'])).rejects.toMatchObject({ code: 'FORMAT_NEWER' })
  })

  test('a ref that would be a folder of another is refused by number, and the others land', async () => {
    const repo = await bareRepo()
    await record(repo, { body: { title: 'one' } })
    const lines = await exported(repo)
    const line = lines.find((text) => text.includes('refs/heads/main')) ?? ''
    const more = ['refs/heads/main/x', 'refs/heads/side/y', 'refs/heads/side'].map((ref) => line.replace('refs/heads/main', ref))
    const other = await bareRepo({ seed: 4 })
    const result = await imported(other, [...lines.slice(0, -1), ...more, ...lines.slice(-1)])
    expect(result.refs.map(({ ref }) => ref)).toEqual(['refs/heads/main', 'refs/heads/side/y'])
    expect(result.problems.map(({ line: number }) => number)).toEqual([lines.length, lines.length + 2])
  })

  test('cut off before its refs: the store is whole, numbers above the counter and all', async () => {
    const repo = await bareRepo()
    for (const title of ['one', 'two', 'three']) await record(repo, { body: { title } })
    const other = await bareRepo({ seed: 2 })
    expect(await imported(other, (await exported(repo)).filter((line) => !/"kind":"(?:ref|end)"/.test(line)))).toMatchObject({ refs: [], isCutOff: true })
    expect(other.index.node(2).atomId).toMatch(/-00[23]$/)
    expect(await verify.run(other, verify.check({}))).toMatchObject({ ok: true })
  })

  test('lines of one\'s own are recorded once, with files and influences', async () => {
    const repo = await bareRepo()
    const lines = [
      '\ufeff{"type":"RESEARCH","title":"Which engine"}',
      '{"type":"DECISION","title":"LevelDB","reason":"fast","agent":"perplexity","operation":"choose","timestamp":"2024-11-27T10:27:33Z","metadata":{"k":[1,2.5]},"influenced_by":["HEAD"],"tokens":{"input":3}}',
      '{"type":"CFG","title":"both","files":[{"path":"a.env","text":"A=1\\n"},{"path":"~/bin/x","base64":"AAE=","mode":"0755"}]}\r',
      '{"type":"CFG","title":"gone","files":[{"path":"a.env","change":"delete"}]}',
    ]
    expect(await imported(repo, lines)).toMatchObject({ recorded: 4, problems: [] })
    expect(await imported(repo, lines)).toMatchObject({ recorded: 0, repeated: 4 })
    const decision = readRecord(repo, 2)
    expect(decision.header).toMatchObject({ atomId: 'ATOM-DECISION-20241127-001', agent: 'perplexity', operation: 'choose', influencedBy: [{ object: repo.index.node(1).digest }] })
    expect(decision.body).toMatchObject({ reason: 'fast', project: 'test', metadata: { k: [1, 2.5] }, tokens: { input: 3 } })
    expect(readRecord(repo, 3, { files: 'include' }).files?.map(({ path, after }) => [path, after?.mode])).toEqual([['home/bin/x', EXECUTABLE_MODE], ['project/a.env', FILE_MODE]])
    expect(readRecord(repo, 4, { files: 'include' }).files).toMatchObject([{ change: 'delete' }])
  })

  test('a line without an end takes no memory', async () => {
    const part = new Uint8Array(1_048_576).fill(0x61)
    async function* chunks(): AsyncIterable<Uint8Array> {
      await Promise.resolve()
      for (let count = 0; count < 64; count++) yield part
      yield utf8('\n{"type":"DOC","title":"after"}')
    }
    const result = await importJsonl(chunks, 'trail.jsonl').run(await bareRepo(), {})
    expect(result).toMatchObject({ recorded: 1, problems: [{ line: 1 }] })
  })
})
