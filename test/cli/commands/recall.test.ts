import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

describe('atom recall', () => {
  const cli = useCli()

  async function aStore(): Promise<void> {
    await cli.ok(['init', '-q'])
    await cli.ok(['add', 'RESEARCH', 'ProtonDB: Cyberpunk 2077 is Gold', '--agent', 'perplexity', '--tokens', '2500', '-q'])
    writeFileSync(join(cli.project, 'cyberpunk.env'), '# Cyberpunk\nPROTON=GE-Proton9-0\nDXVK=2.3\nOTHER=1\n')
    await cli.ok(['add', 'CFG', 'Cyberpunk gaming config', '--reason', 'as ProtonDB says', '--agent', 'claude-code', '--file', 'cyberpunk.env', '-i', 'HEAD', '-q'])
    await cli.ok(['add', 'TASK', 'Buy milk', '-q'])
  }

  it('answers a question with what was recorded, the matching lines and what it was built on', async () => {
    await aStore()
    const text = await cli.ok(['recall', 'What gaming config did we set up for Cyberpunk?', '-n', '1'])
    expect(text).toMatch(/^ATOM-CFG-\d{8}-003 Cyberpunk gaming config\n {2}\d{4}-\d\d-\d\d .* by claude-code/)
    expect(text).toContain('  as ProtonDB says\n  cyberpunk.env\n    # Cyberpunk\n')
    expect(text).toMatch(/<- ATOM-RESEARCH-\d{8}-002 ProtonDB: Cyberpunk 2077 is Gold/)
    expect(text).not.toContain('milk')
    expect(await cli.ok(['recall', 'cyberpunk', '--full'])).toContain('    OTHER=1\n')
  })

  it('says what became of it, also for programs', async () => {
    await aStore()
    await cli.ok(['revert', 'HEAD~1', '-q'])
    const answers = (await cli.ok(['recall', 'gaming', 'config', '--json'])).trim().split('\n').map((line) => JSON.parse(line) as { readonly outcome: string })
    expect(answers.find(({ outcome }) => outcome === 'reverted')).toMatchObject({ outcome: 'reverted', tainted: false, atom: { title: 'Cyberpunk gaming config', agent: 'claude-code' }, influenced_by: [{ title: 'ProtonDB: Cyberpunk 2077 is Gold' }] })
  })

  it('ends with 1 where nothing is known, and refuses to look for nothing', async () => {
    await aStore()
    expect(await cli.run(['recall', 'xylophone'])).toMatchObject({ exitCode: 1, stdout: '' })
    expect((await cli.run(['recall', ' '])).exitCode).toBe(2)
  })
})
