import { readFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

describe('atom export jsonl and import jsonl', () => {
  it('carry a trail to another store with its ids, refs and file bytes', async () => {
    await cli.ok(['init'])
    writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
    await cli.ok(['add', 'CFG', 'one', '--file', 'a.env', '--meta', 'k=v'])
    await cli.ok(['branch', 'side'])
    const lines = await cli.ok(['export', 'jsonl'])
    const other = join(cli.home, 'other')
    mkdirSync(other)
    await cli.ok(['init', '--branch', 'elsewhere'], { cwd: other })
    const said = await cli.ok(['import', 'jsonl', '-'], { cwd: other, stdin: lines })
    expect(said).toContain('took in 2 new of 2 ATOMs and 2 refs\nHEAD is at main')
    expect(await cli.ok(['export', 'jsonl'], { cwd: other })).toBe(lines)
    await cli.ok(['checkout', 'main', '--to', join(cli.home, 'laid-out')], { cwd: other })
    expect(readFileSync(join(cli.home, 'laid-out/a.env'), 'utf8')).toBe('A=1\n')
    expect((await cli.run(['verify'], { cwd: other })).exitCode).toBe(0)
  })

  it('names a bad line by its number, keeps the others, and ends with 1', async () => {
    await cli.ok(['init'])
    writeFileSync(join(cli.project, 'own.jsonl'), '{"type":"DECISION","title":"first"}\n{"type":"DECISION"}\n{"type":"DOC","title":"third"}\n')
    const { stdout, exitCode } = await cli.run(['import', 'jsonl', 'own.jsonl'])
    expect(exitCode).toBe(1)
    expect(stdout).toBe('recorded 2 ATOMs from lines of your own\n1 line was refused:\n  line 2: title must be a text\nits bytes are kept on refused/jsonl\n')
    const again = await cli.run(['import', 'jsonl', 'own.jsonl', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ recorded: 0, repeated: 2, refused: 1, problems: [{ line: 2, code: 'INPUT_INVALID' }] })
    const missing = await cli.run(['import', 'jsonl', 'nothing.jsonl'])
    expect([missing.exitCode, missing.stdout]).toEqual([3, ''])
  })

  it('exports a part by revisions', async () => {
    await cli.ok(['init'])
    for (const title of ['one', 'two']) await cli.ok(['add', 'DOC', title])
    const titles = (await cli.ok(['export', 'jsonl', 'HEAD~1..HEAD'])).trim().split('\n').map((line) => JSON.parse(line) as { kind: string; title?: string }).filter(({ kind }) => kind === 'atom').map(({ title }) => title)
    expect(titles).toEqual(['two'])
    expect((await cli.run(['export', 'jsonl', 'nothing'])).exitCode).toBe(3)
  })
})
