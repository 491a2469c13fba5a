import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runOperation } from '../../src/app/run.js'
import { encode } from '../../src/codec/cbor.js'
import { digestOf } from '../../src/codec/object-id.js'
import { countSpooled, hasSpooled, listSpooled } from '../../src/capture/spool.js'
import { openSession } from '../../src/app/session.js'
import { forget } from '../../src/ops/keep/forget.js'
import { status } from '../../src/ops/look/status.js'
import { add } from '../../src/ops/record/add.js'
import { sealContent } from '../../src/store/content.js'
import { buildPrograms, checkLine, contextIn, makePlace, pause, readLog, removePrograms, startCli } from '../fault/kit.js'
import { ROOT } from '../helpers/cli.js'

beforeAll(buildPrograms)
afterAll(removePrograms)

function spool(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, '.atom/spool', name), typeof value === 'string' ? value : `${JSON.stringify(value)}\n`)
}

/** Returns the files below a folder that hold a text. */
function filesHolding(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text)).map(({ name }) => name)
}

const titlesOf = async (folder: string, context = contextIn(folder)): Promise<(string | undefined)[]> => (await readLog({ context })).map(({ title }) => title).reverse().slice(1)

describe('the spool', () => {
  it('is recorded in the order of the names by whatever comes next, with the times and names it holds', async () => {
    await using place = await makePlace()
    spool(place.folder, '2.json', { type: 'DECISION', title: 'second', request: 'two', time: '2026-02-03T04:05:06Z' })
    spool(place.folder, '1.json', { type: 'RESEARCH', title: 'first', request: 'one', time: 1767323045000, influenced_by: ['HEAD'], agent: 'qwen', tokens: { input: 3, cache_read: 4 }, evidence: [{ name: 'e', phase: 'after', exit_code: 1, content: 'out' }] })
    const entries = await readLog(place)
    expect(entries.map(({ title, node }) => [title, node.timeMs, node.agent]).slice(0, 2).reverse()).toEqual([['first', 1767323045000, 'qwen'], ['second', Date.UTC(2026, 1, 3, 4, 5, 6), 'user:ann']])
    expect(listSpooled(join(place.folder, '.atom'))).toEqual([])
    await checkLine(place, [])
  })

  it('records a request once, whatever comes twice', async () => {
    await using place = await makePlace()
    spool(place.folder, '1.json', { type: 'TASK', title: 'once', request: 'r', time: 1 })
    expect(await titlesOf(place.folder)).toEqual(['once'])
    await pause(110)
    spool(place.folder, '2.json', { type: 'TASK', title: 'once', request: 'r', time: 1 })
    // Without a request id the name stands for it.
    spool(place.folder, '3.json', { type: 'TASK', title: 'named' })
    expect(await titlesOf(place.folder)).toEqual(['once', 'named'])
    await pause(110)
    spool(place.folder, '3.json', { type: 'TASK', title: 'named' })
    expect(await titlesOf(place.folder)).toEqual(['once', 'named'])
  })

  it('puts aside what nobody can record, and goes on', async () => {
    await using place = await makePlace()
    spool(place.folder, '1.json', '{"type":"TASK","title":"torn')
    spool(place.folder, '2.json', { type: 'not a type', title: 'x' })
    spool(place.folder, '3.json', { type: 'TASK', title: 'good' })
    spool(place.folder, '4.json', '\0\0\0\0')
    mkdirSync(join(place.folder, '.atom/spool/5.json'))
    const context = contextIn(place.folder)
    expect(await titlesOf(place.folder, context)).toEqual(['good'])
    expect(readdirSync(join(place.folder, '.atom/spool/bad')).sort()).toEqual(['1.json', '2.json', '4.json', '5.json'])
    expect(context.warnings).toHaveLength(4)
    expect(context.warnings[0]).toContain('spool/bad/1.json')
    expect(countSpooled(join(place.folder, '.atom'))).toBe(0)
  })

  it('keeps nothing of what was forgotten here, and puts aside a file that only names it', async () => {
    await using place = await makePlace()
    const secret = 'correct horse battery staple'
    const long = `${secret} `.repeat(4_000)
    const session = await openSession(place.context)
    await session.run(add, { type: 'TEST', title: 'leaked', metadata: { note: long }, evidence: [{ name: 'out', phase: 'after', content: new Uint8Array(Buffer.from(secret)) }] })
    for (const bytes of [Buffer.from(secret), encode(long)]) await session.run(forget, { target: digestOf(sealContent(bytes).id), reason: 'secret', dryRun: false })
    await session.close()
    writeFileSync(join(place.folder, 'a.txt'), secret)
    spool(place.folder, '1.json', { type: 'TEST', title: 'again', evidence: [{ name: 'out', phase: 'after', content: secret }] })
    spool(place.folder, '2.json', { type: 'TEST', title: 'in metadata', files: ['b.txt'], metadata: { note: long } })
    spool(place.folder, '3.json', { type: 'CFG', title: 'named', files: ['a.txt'] })
    spool(place.folder, '4.json', { type: 'TASK', title: 'good' })
    writeFileSync(join(place.folder, 'b.txt'), 'harmless')
    const context = contextIn(place.folder)
    expect((await titlesOf(place.folder, context)).slice(1)).toEqual(['good'])
    expect(context.warnings).toEqual([expect.stringMatching(/^removed .*: 1\.json$/), expect.stringMatching(/^removed .*: 2\.json$/), expect.stringContaining('put aside as spool/bad/3.json')])
    expect(filesHolding(join(place.folder, '.atom'), secret)).toEqual([])
  })

  it('is left alone by a forget until that is over, and then holds nothing of it', async () => {
    await using place = await makePlace()
    const secret = 'correct horse battery staple'
    const session = await openSession(place.context)
    await session.run(add, { type: 'TASK', title: secret })
    const others: Promise<unknown>[] = []
    const arrive = (name: string): void => {
      spool(place.folder, name, { type: 'TASK', title: `heard: ${secret}` })
      // So long that the spool is looked into again.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 110)
      // Another call of this process, which would record it.
      others.push(session.run(status, { paths: [] }))
    }
    const watching = { ...place.context, reporter: { ...place.context.reporter, progress: (what: string) => { arrive(`${String(others.length)}-${what.length}.json`) } } }
    await runOperation(forget, { target: 'HEAD', reason: 'secret', dryRun: false }, watching)
    await Promise.all(others)
    expect(others.length).toBeGreaterThan(1)
    expect(listSpooled(join(place.folder, '.atom'))).toEqual([])
    spool(place.folder, '9.json', { type: 'TASK', title: 'afterwards' })
    await session.close()
    expect(filesHolding(join(place.folder, '.atom'), secret)).toEqual([])
    expect(await titlesOf(place.folder)).toEqual([undefined, 'afterwards'])
  })

  it('records what was written or nothing: no replaced bytes, no field that an object has anyway', async () => {
    await using place = await makePlace()
    writeFileSync(join(place.folder, '.atom/spool/1.json'), Buffer.from('{"type":"TASK","title":"\xff"}', 'latin1'))
    spool(place.folder, '2.json', '{"type":"TASK","title":"x","__proto__":1}')
    spool(place.folder, '3.json', '{"type":"TASK","title":"x","constructor":1}')
    const context = contextIn(place.folder)
    expect(await titlesOf(place.folder, context)).toEqual([])
    expect(context.warnings.map((text) => text.split(': ').slice(1).join(': '))).toEqual(['the spool file 1.json cannot be recorded: it is not UTF-8', '__proto__ must be a known field', 'constructor must be a known field'])
  })

  it('goes on where nothing can be put aside, and follows no link there', async () => {
    await using place = await makePlace()
    mkdirSync(join(place.folder, 'elsewhere'))
    symlinkSync(join(place.folder, 'elsewhere'), join(place.folder, '.atom/spool/bad'))
    spool(place.folder, '1.json', 'torn')
    spool(place.folder, '2.json', { type: 'TASK', title: 'good' })
    const context = contextIn(place.folder)
    expect(await titlesOf(place.folder, context)).toEqual(['good'])
    expect(context.warnings).toEqual([expect.stringContaining('left in the spool')])
    expect([listSpooled(join(place.folder, '.atom')), readdirSync(join(place.folder, 'elsewhere'))]).toEqual([['1.json'], []])
  })

  it('keeps what has a source that nobody knows, counts it, and reads it no more', async () => {
    await using place = await makePlace()
    spool(place.folder, '1.json', { source: '../Claude Code', payload: { a: 1 } })
    expect(await runOperation(status, {}, place.context)).toMatchObject({ spooled: 1 })
    expect(listSpooled(join(place.folder, '.atom'))).toEqual(['1.json.claude-code.waiting'])
    expect(hasSpooled(join(place.folder, '.atom'))).toBe(false)
    await pause(110)
    expect(await runOperation(status, {}, place.context)).toMatchObject({ spooled: 1 })
  })

  it('loses and doubles nothing when who drains it is killed', async () => {
    await using place = await makePlace()
    for (let index = 0; index < 300; index++) spool(place.folder, `${String(1_000 + index)}.json`, { type: 'TASK', title: `s${String(index)}`, request: `r${String(index)}`, time: 1767323045000 + index })
    for (let round = 0; round < 6 && listSpooled(join(place.folder, '.atom')).length > 0; round++) {
      const child = startCli(place.folder, ['log', '-n', '1'])
      setTimeout(() => child.process.kill('SIGKILL'), 90 + 30 * round)
      await child.done
    }
    await titlesOf(place.folder)
    expect(await titlesOf(place.folder)).toEqual(Array.from({ length: 300 }, (_, index) => `s${String(index)}`))
    await checkLine(place, [])
  })
})

describe('bin/atom-hook', () => {
  it('leaves what add takes to be recorded, once, by what was sent as by the file', async () => {
    await using place = await makePlace()
    const send = (sent: unknown, ...words: readonly string[]): void => {
      spawnSync(join(ROOT, 'bin/atom-hook'), words, { cwd: place.folder, input: JSON.stringify(sent), env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' } })
    }
    send({ type: 'TASK', title: 'one', request: 'r1' })
    send({ type: 'TASK', title: 'one', request: 'r1' })
    send({ type: 'TASK', title: 'two', time: '2026-01-02T03:04:05Z' }, 'add')
    send({ type: 'TASK', title: 'theirs' }, 'claude-code')
    send({ type: 'tool_use', title: 'no type' })
    expect(await titlesOf(place.folder)).toEqual(['one', 'two'])
    expect(listSpooled(join(place.folder, '.atom')).map((name) => name.split('.').slice(2).join('.'))).toEqual(['claude-code.waiting', 'unknown.waiting'])
  })

  const hook = (cwd: string, input: string, env: Record<string, string> = {}): { readonly status: number | null; readonly said: string } => {
    const { status: code, stdout, stderr } = spawnSync(join(ROOT, 'bin/atom-hook'), ['claude-code'], { cwd, input, env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env }, encoding: 'utf8' })
    return { status: code, said: stdout + stderr }
  }
  const read = (folder: string): readonly { readonly [key: string]: unknown }[] => listSpooled(join(folder, '.atom')).map((name) => {
    const text = readFileSync(join(folder, '.atom/spool', name), 'utf8')
    expect(text.split('\n')).toHaveLength(2)
    return JSON.parse(text) as { readonly [key: string]: unknown }
  })

  it('leaves one JSON line in the store above, and says nothing', async () => {
    await using place = await makePlace()
    const deep = join(place.folder, 'a/b')
    mkdirSync(deep, { recursive: true })
    expect(hook(deep, '{"tool": "Edit",\n "text": "a \\"b\\""}\n')).toEqual({ status: 0, said: '' })
    expect(read(place.folder)).toEqual([{ source: 'claude-code', time: expect.any(Number) as unknown, request: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, cwd: deep, payload: { tool: 'Edit', text: 'a "b"' } }])
    expect(Math.abs(Number(read(place.folder)[0]?.['time']) - Date.now())).toBeLessThan(10_000)
  })

  it('takes texts that are no JSON, whole', async () => {
    await using place = await makePlace()
    const texts = ['say "hi" \\ \t é 𝄞\n\nend', '', '{"torn": ', '%s %d \\u0041 && &']
    for (const text of texts) {
      expect(hook(place.folder, text).status).toBe(0)
      await pause(2)
    }
    const lines = listSpooled(join(place.folder, '.atom')).map((name) => readFileSync(join(place.folder, '.atom/spool', name), 'utf8'))
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ payload: texts[0] })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ payload: '' })
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ payload: texts[3] })
    expect(await runOperation(status, {}, place.context)).toMatchObject({ spooled: 4 })
    expect(existsSync(join(place.folder, '.atom/spool/bad'))).toBe(false)
  })

  it('cuts what is longer than 8 MiB', async () => {
    await using place = await makePlace()
    expect(hook(place.folder, `{"a":"${'x'.repeat(9 * 1_048_576)}"}`).status).toBe(0)
    const [item] = read(place.folder)
    expect([item?.['truncated'], String(item?.['payload']).length]).toEqual([true, 8 * 1_048_576])
  })

  it('goes by ATOM_DIR, does nothing without a store, fails when it cannot write', async () => {
    await using place = await makePlace()
    expect(hook('/', '{}', { ATOM_DIR: join(place.folder, '.atom') })).toEqual({ status: 0, said: '' })
    expect(countSpooled(join(place.folder, '.atom'))).toBe(1)
    expect(hook('/', '{}')).toEqual({ status: 0, said: '' })
    rmSync(join(place.folder, '.atom/spool'), { recursive: true })
    writeFileSync(join(place.folder, '.atom/spool'), 'in the way')
    expect(hook(place.folder, '{}').status).toBe(1)
  })
})
