import { describe, expect, it } from 'vitest'
import { impactCommand } from '../../src/cli/commands/impact.js'
import { whyCommand } from '../../src/cli/commands/why.js'
import type { Command } from '../../src/cli/words/declaration.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo } from '../helpers/memory-repo.js'

/** RESEARCH 2 → DECISION 3 → CFG 4 (a.env), which builds on 2 as well. */
async function shown(command: Command, ...words: readonly string[]): Promise<string> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({ type: 'RESEARCH', title: 'read' })
  await repo.add({ type: 'DECISION', title: 'decide\u001b[2J', influencedBy: ['HEAD'] })
  await repo.add({ type: 'CFG', title: 'do', files: ['a.env'], influencedBy: ['HEAD', 'HEAD~1'] })
  return (await runInProcess(command, words, { runOperation: answersOf(repo) })).stdout
}
const brief = (text: string): readonly string[] => text.trimEnd().split('\n').map((line) => line.replace(/[0-9a-f]{7,} tester \S+ /, ''))

describe('why and impact', () => {
  it('draw what was built on what, each thing once', async () => {
    expect(brief(await shown(whyCommand, 'a.env'))).toEqual(['ATOM-CFG-20241127-004 do', '  <- ATOM-DECISION-20241127-003 decide\\e[2J', '    <- ATOM-RESEARCH-20241127-002 read', '  <- ATOM-RESEARCH-20241127-002 (shown above)'])
    expect(brief(await shown(impactCommand, 'ATOM-RESEARCH-20241127-002', '--depth', '1')).map((line) => line.split(' ').slice(0, 4).join(' '))).toHaveLength(3)
  })

  it('have their JSON, near before far', async () => {
    const steps = (await shown(whyCommand, 'HEAD', '--json')).trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly depth: number; readonly via: string; readonly atom: { readonly type: string } })
    expect(steps.map(({ depth, via, atom }) => [depth, via, atom.type])).toEqual([[0, null, 'CFG'], [1, 'influenced_by', 'DECISION'], [1, 'influenced_by', 'RESEARCH']])
  })

  it('say when there is no such thing', async () => {
    expect(await codeOfAsync(() => shown(impactCommand, 'nothing'))).toBe('REVISION_NOT_FOUND')
  })
})
