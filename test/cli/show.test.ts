import { describe, expect, it } from 'vitest'
import { showCommand } from '../../src/cli/commands/show.js'
import { encodeTag } from '../../src/object/tag.js'
import { seal } from '../../src/object/seal.js'
import { operations } from '../../src/refs/operation-log.js'
import { pointAt } from '../../src/refs/ref.js'
import { utf8 } from '../../src/base/bytes.js'
import { digestOf } from '../../src/codec/object-id.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

async function aTrail(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('dir/a.env', 'A=1\n')
  const log = Array.from({ length: 20 }, (_, index) => `line ${String(index)}\u001b[1m\n`).join('')
  await repo.add({
    type: 'CFG', title: 'a title', reason: 'why\u001b[2J\nso', files: ['dir'], metadata: { run: 7, key: 'v\u0007' }, tokens: { model: 'm', input: 3, output: 4 },
    evidence: [{ name: 'fps', phase: 'after', value: 62, unit: 'FPS' }, { name: 'log', phase: 'other', content: utf8(log), exitCode: 3 }, { name: 'bin', phase: 'other', content: Uint8Array.of(0, 255, 254) }],
  })
  return repo
}
const shown = async (...words: readonly string[]): Promise<string> => (await runInProcess(showCommand, words, { runOperation: answersOf(await aTrail()) })).stdout

describe('atom show', () => {
  it('shows all of an ATOM, and nothing that a terminal would obey', async () => {
    const text = await shown()
    for (const part of ['    a title\n\n    why\\e[2J\n    so\n', 'Tokens: 7 (3 in, 4 out, m)\n', 'Project: demo\n', '    run: 7\n', '    after  fps = 62 FPS\n', '    other  log (exit 3, 230 bytes)\n', '+A=1\n']) expect(text).toContain(part)
    expect(text).not.toMatch(/[\u0007\u001b]/)
  })

  it('shows the beginning of long evidence and where the rest is; of bytes only how many', async () => {
    const text = await shown()
    expect(text.split('\n').filter((line) => line.includes('| line '))).toHaveLength(12)
    expect(text).toMatch(/… all of it: atom show [0-9a-f]{64}\n/)
    expect(text).toMatch(/bin \(3 bytes\)\n {6}\(binary\)\n/)
  })

  it('shows as much of the files as asked for', async () => {
    expect(await shown('-s')).not.toContain('A=1')
    expect(await shown('--oneline', '--name-only')).toMatch(/^[0-9a-f]+ ATOM-CFG-20241127-002 a title\n\ndir\/a\.env\n$/)
    expect(await shown('--oneline', '--name-status')).toContain('A\tdir/a.env\n')
    expect(await shown('--format', '%i|%s', '--stat')).toMatch(/^ATOM-CFG-20241127-002\|a title\n\n dir\/a\.env \| 1 \+\n/)
  })

  it('shows what else an id may name', async () => {
    expect(await shown('HEAD:dir')).toBe('tree HEAD:dir\n\na.env\n')
    expect(await shown('HEAD:dir/a.env')).toBe('A=1\n')
    expect(JSON.parse(await shown('HEAD:dir/a.env', '--json'))).toMatchObject({ path: 'dir/a.env', mode: '0644', size: 4, text: 'A=1\n' })
    const repo = await aTrail()
    const tag = seal(encodeTag({ name: 'v1', target: repo.index.node(1).id, agent: 'ann', timeMs: 0, message: 'first\u001b[1m\n' }))
    await repo.writer.transact({ agent: 'ann', command: 'tag' }, (tx) => {
      tx.put(tag)
      tx.edit({ ref: 'refs/tags/v1', expected: undefined, next: pointAt(tag.id) })
    })
    expect((await runInProcess(showCommand, ['v1'], { runOperation: answersOf(repo) })).stdout).toMatch(/^tag v1\nAgent: {2}ann\nDate: {3}1970-01-01 00:00:00 .*\n\nfirst\\e\[1m\n/)
    const [op] = operations(repo.store)
    expect((await runInProcess(showCommand, [digestOf(op?.id ?? tag.id)], { runOperation: answersOf(repo) })).stdout).toMatch(/^op [0-9a-f]{64}\nAgent: {2}ann \(tag\)\n[\s\S]*refs\/tags\/v1 nothing -> [0-9a-f]{64}\n/)
  })
})
