import { describe, expect, it } from 'vitest'
import { createViews } from '../../../src/app/data/views.js'
import { recallCommand } from '../../../src/cli/commands/recall.js'
import { recall, type RecallAnswer } from '../../../src/ops/read/recall.js'
import { answersOf, runInProcess } from '../../helpers/cli.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

/** The first story: research, a config, and another chat in the afternoon. */
async function story(): Promise<MemoryRepo> {
  const repo = await aRepo()
  const views = createViews(newFolder())
  await repo.add({ type: 'RESEARCH', title: 'ProtonDB: Cyberpunk 2077 is Gold', agent: 'claude-code', tokens: { total: 2_500 } })
  repo.worktree.put('home/.config/gaming-intent/cyberpunk2077.env', 'x')
  repo.worktree.put('cyberpunk2077.env', 'PROTON=GE-Proton9-0\nDXVK=2.3\nDXVK_HUD=1\n')
  repo.clock.advance(600_000)
  await repo.add({ type: 'CFG', title: 'Cyberpunk 2077 gaming config', reason: 'as ProtonDB says', agent: 'claude-code', files: ['cyberpunk2077.env'], influencedBy: ['ATOM-RESEARCH-20241127-002'] })
  repo.clock.advance(4 * 3_600_000)
  return { ...repo, views } as MemoryRepo
}

async function ask(repo: MemoryRepo, input: object): Promise<readonly RecallAnswer[]> {
  const answers: RecallAnswer[] = []
  for await (const answer of recall.run(repo, recall.check(input)) as AsyncIterable<RecallAnswer>) answers.push(answer)
  return answers
}

describe('recall', () => {
  it('answers what was set up, exactly: atom id, time, reason, path, lines, what it rests on and what that cost', async () => {
    const [answer] = await ask(await story(), { words: 'What gaming config did we set up?' })
    expect(answer).toMatchObject({
      atom: { header: { atomId: 'ATOM-CFG-20241127-003', agent: 'claude-code' }, body: { reason: 'as ProtonDB says' } }, ageMs: 4 * 3_600_000, takenBackBy: [], supersededBy: null, savedTokens: 2_500,
      files: [{ path: 'project/cyberpunk2077.env', total: 3, lines: [{ number: 1, text: 'PROTON=GE-Proton9-0' }, { number: 2, text: 'DXVK=2.3' }, { number: 3, text: 'DXVK_HUD=1' }] }],
      builtOn: [{ header: { atomId: 'ATOM-RESEARCH-20241127-002' } }],
    })
  })

  it('shows the lines that match, or with full all of them', async () => {
    const repo = await story()
    expect((await ask(repo, { words: 'dxvk_hud' }))[0]?.files[0]?.lines.map(({ number }) => number)).toEqual([2, 3])
    expect((await ask(repo, { words: 'dxvk_hud', full: true }))[0]?.files[0]?.lines).toHaveLength(3)
  })

  it('says what became of an answer: changed later, taken back, tainted', async () => {
    const repo = await story()
    repo.worktree.put('cyberpunk2077.env', 'DXVK=2.4\n')
    await repo.add({ type: 'CFG', title: 'newer', files: ['cyberpunk2077.env'], influencedBy: ['ATOM-CFG-20241127-003'] })
    expect((await ask(repo, { words: 'gaming config' }))[0]).toMatchObject({ supersededBy: 'ATOM-CFG-20241127-004', atom: { isTainted: false } })
    await repo.add({ type: 'REVERT', title: 'the research was wrong', influencedBy: ['ATOM-RESEARCH-20241127-002'] })
    const [config, ...others] = await ask(repo, { words: 'gaming config protondb gold' })
    expect(config?.atom.isTainted).toBe(true)
    expect(others.find(({ atom }) => atom.header.atomId.includes('RESEARCH'))?.takenBackBy).toEqual(['ATOM-REVERT-20241127-005'])
  })

  it('keeps to its limit, and knows nothing of what was forgotten or is on no branch', async () => {
    const repo = await story()
    expect(await ask(repo, { words: 'cyberpunk', limit: 1 })).toHaveLength(1)
    expect(await ask(repo, { words: 'xyzzyplugh' })).toEqual([])
  })

  it('is printed for people and for agents, and ends with 1 where nothing is known', async () => {
    const repo = await story()
    const { stdout, exitCode } = await runInProcess(recallCommand, ['What', 'gaming', 'config', 'did', 'we', 'set', 'up?', '-n', '1'], { runOperation: answersOf(repo) })
    expect([exitCode, stdout]).toEqual([0, [
      'ATOM-CFG-20241127-003 Cyberpunk 2077 gaming config', '  2024-11-27 10:10:00 +0000, 4 hours ago, by claude-code for demo', '  as ProtonDB says', '  cyberpunk2077.env', '    PROTON=GE-Proton9-0', '    DXVK=2.3',
      '    DXVK_HUD=1', '  <- ATOM-RESEARCH-20241127-002 ProtonDB: Cyberpunk 2077 is Gold', '  using it again saves 2500 tokens', '',
    ].join('\n')])
    const json = JSON.parse((await runInProcess(recallCommand, ['hud', '--json', '-1'], { runOperation: answersOf(repo) })).stdout) as unknown
    expect(json).toMatchObject({ atom: { atom_id: 'ATOM-CFG-20241127-003' }, outcome: 'current', tokens_saved: 2_500, matches: [{ path: 'cyberpunk2077.env', lines: [{ line: 3, text: 'DXVK_HUD=1' }], total_lines: 3 }] })
    expect(await runInProcess(recallCommand, ['xyzzyplugh'], { runOperation: answersOf(repo) })).toMatchObject({ exitCode: 1, stdout: '', stderr: 'Nothing in the trail answers that.\n' })
    await expect(runInProcess(recallCommand, [' '], { runOperation: answersOf(repo) })).rejects.toMatchObject({ code: 'USAGE' })
  })
})
