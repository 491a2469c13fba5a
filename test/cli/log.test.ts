import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

async function aTrail(): Promise<void> {
  const file = join(cli.project, 'a.env')
  await cli.ok(['init', '--project', 'p'])
  writeFileSync(file, 'A=1\r\nB=\u0001\n')
  await cli.ok(['add', 'CFG', 'first', '--file', 'a.env', '--reason', 'why\nnot', '--agent', 'qwen', '--evidence', 'fps=60'])
  await cli.ok(['add', 'RESEARCH', 'bad\n\u001b[31mtitle', '-i', 'HEAD'])
  writeFileSync(file, 'A=2\r\nB=\u0001\n')
  await cli.ok(['add', 'CFG', 'second', '--file', 'a.env', '-i', 'HEAD'])
}

describe('the look commands', () => {
  it('log: prints lines, graphs, formats and JSON', async () => {
    await aTrail()
    const oneline = await cli.ok(['log', '--oneline'])
    expect(oneline.split('\n').map((line) => line.slice(8))).toEqual(['ATOM-CFG-20260102-004 second', 'ATOM-RESEARCH-20260102-003 bad\\n\\e[31mtitle', 'ATOM-CFG-20260102-002 first', 'ATOM-INIT-20260102-001 Start of p', ''])
    expect(await cli.ok(['log', '--graph', '--format', '%i %s', '-n', '2', '--decorate'])).toMatch(/^\* ATOM-CFG-20260102-004 second\n\* ATOM/)
    expect(await cli.ok(['log', '-1', '--format=%an %y%d%x00%%'])).toBe('user:ann CFG (HEAD -> main)\\0%\n')
    expect(await cli.ok(['log', '--format', 'mermaid'])).toContain('n0 --> n1')
    const lines = (await cli.ok(['log', '--json'])).trimEnd().split('\n').map((line) => JSON.parse(line) as { title: string; files: unknown[] })
    expect(lines.map(({ title, files }) => [title, files.length])).toEqual([['second', 1], ['bad\n\u001b[31mtitle', 0], ['first', 1], ['Start of p', 0]])
    expect(await cli.ok(['log', '--stat', '-1'])).toContain(' a.env | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n')
    expect((await cli.run(['log', '--format', 'nonsense'])).exitCode).toBe(2)
  })

  it('show: prints an ATOM, and exact bytes', async () => {
    await aTrail()
    const shown = await cli.ok(['show', 'HEAD~2'])
    expect(shown).toContain('    first\n\n    why\n    not\n')
    expect(shown).toContain('    other  fps = 60\n')
    expect(await cli.ok(['show', 'HEAD~2:a.env'])).toBe('A=1\r\nB=\u0001\n')
    expect(JSON.parse(await cli.ok(['show', '--json', 'HEAD~2:a.env']))).toMatchObject({ path: 'a.env', text: 'A=1\r\nB=\u0001\n' })
    expect(JSON.parse(await cli.ok(['show', '--json']))).toMatchObject({ title: 'second', tainted: false, files: [{ path: 'a.env', change: 'modify' }] })
  })

  it('diff: makes a patch that git applies, and exits with 1 where asked', async () => {
    await aTrail()
    const folder = join(cli.home, 'apply')
    mkdirSync(folder)
    const patch = await cli.ok(['diff', 'ATOM-INIT-20260102-001', 'HEAD'])
    expect(spawnSync('git', ['apply', '-'], { cwd: folder, input: patch, encoding: 'utf8' }).status).toBe(0)
    expect(readFileSync(join(folder, 'a.env'), 'utf8')).toBe('A=2\r\nB=\u0001\n')
    expect(await cli.ok(['diff'])).toBe('')
    writeFileSync(join(cli.project, 'a.env'), 'A=3\n')
    expect(await cli.ok(['diff', '--name-status'])).toBe('M\ta.env\n')
    expect((await cli.run(['diff', '--exit-code', '--stat'])).exitCode).toBe(1)
    expect(JSON.parse(await cli.ok(['diff', 'HEAD~1', 'HEAD', '--json']))).toMatchObject({ files: [{ path: 'a.env', change: 'modify', patch: expect.stringContaining('@@') as string }], fields: expect.arrayContaining([{ field: 'title', before: 'bad\n\u001b[31mtitle', after: 'second' }]) as unknown })
  })

  it('blame, grep, why, impact and stats answer', async () => {
    await aTrail()
    expect(await cli.ok(['blame', 'a.env'])).toMatch(/^[0-9a-f]{7} ATOM-CFG-20260102-004 \(user:ann 2026-01-02 03:04:\d\d 1\) A=2\n[0-9a-f]{7} ATOM-CFG-20260102-002 \(qwen .* 2\) B=\\x01\n$/)
    expect(JSON.parse((await cli.ok(['blame', 'a.env', '--json', '-L', '2'])))).toMatchObject({ line: 2, atom_id: 'ATOM-CFG-20260102-002', agent: 'qwen' })
    expect(await cli.ok(['grep', '-n', 'A=\\d'])).toBe('a.env:1:A=2\n')
    expect((await cli.run(['grep', 'nothing'])).exitCode).toBe(1)
    const why = (await cli.ok(['why', 'a.env', '--json'])).trimEnd().split('\n').map((line) => JSON.parse(line) as { depth: number; via: string; atom: { atom_id: string } })
    expect(why.map(({ depth, via, atom }) => [depth, via, atom.atom_id])).toEqual([[0, 'path', 'ATOM-CFG-20260102-004'], [0, 'path', 'ATOM-CFG-20260102-002'], [1, 'influenced_by', 'ATOM-RESEARCH-20260102-003']])
    expect(await cli.ok(['impact', 'ATOM-CFG-20260102-002'])).toMatch(/^ATOM-CFG.*\n  <- ATOM-RESEARCH.*bad\\n\\e\[31mtitle\n    <- ATOM-CFG/)
    expect(JSON.parse(await cli.ok(['stats', '--json']))).toMatchObject({ atoms: 4, types: { CFG: 2 }, agents: { qwen: 1 } })
  })
})
