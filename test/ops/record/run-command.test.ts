import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import type { AddResult } from '../../../src/ops/record/add.js'
import { runBegin, runEnd, type RunInput } from '../../../src/ops/record/run-command.js'
import { readContent } from '../../../src/store/content.js'
import { pick } from '../../../src/ops/fork/pick.js'
import { record, run } from '../../helpers/branches.js'
import { collect } from '../../helpers/collect.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

/** Notes the files, does what the command would do to them, and records it. */
async function ran(repo: MemoryRepo, does: () => void, outcome: Partial<RunInput> = {}): Promise<AddResult> {
  const { files } = await run(repo, runBegin, {})
  does()
  return run(repo, runEnd, { command: ['make', 'all'], exitCode: 0, durationMs: 12, stdout: utf8('built\n'), stderr: new Uint8Array(0), before: files, ...outcome })
}

const changed = ({ atom }: AddResult): readonly string[] => (atom.files ?? []).map(({ path, change }) => `${change} ${path}`)

describe('what a command did', () => {
  it('is recorded with its output, its exit code, and every file that it changed, made or removed', async () => {
    const repo = await aRepo()
    await record(repo, { same: '1', gone: '1', 'sub/changed': '1' })
    const made = await ran(repo, () => {
      repo.worktree.put('sub/changed', '2')
      repo.worktree.put('new', '1')
      repo.worktree.remove('gone')
    }, { exitCode: 3, stderr: utf8('oops') })
    expect(changed(made)).toEqual(['delete project/gone', 'add project/new', 'modify project/sub/changed'])
    expect(made.atom).toMatchObject({ header: { operation: 'run' }, body: { title: 'make all', metadata: { command: ['make', 'all'], exit_code: 3 } } })
    expect(made.atom.body?.evidence?.map(({ name, exitCode, durationMs, content }) => [name, exitCode, durationMs, content && new TextDecoder().decode(readContent(repo.objects, content))])).toEqual([['stdout', 3, 12, 'built\n'], ['stderr', 3, 12, 'oops']])
  })

  it('leaves out what the user had changed before, and keeps how such a file was when the command changed it too', async () => {
    const repo = await aRepo()
    await record(repo, { own: '1', both: '1' })
    repo.worktree.put('own', 'mine')
    repo.worktree.put('both', 'mine')
    repo.worktree.put('untracked', 'mine')
    const made = await ran(repo, () => { repo.worktree.put('both', 'theirs') })
    expect(changed(made)).toEqual(['modify project/both'])
    const before = made.atom.body?.evidence?.find(({ phase }) => phase === 'before')
    expect([before?.name, new TextDecoder().decode(readContent(repo.objects, before?.content ?? '' as never))]).toEqual(['before both', 'mine'])
    expect((await run(repo, runBegin, {})).files.map(({ path }) => path)).toEqual(['project/own', 'project/untracked'])
  })

  it('is an ATOM also where no file changed; a long command is cut in the title alone', async () => {
    const repo = await aRepo()
    const command = ['echo', 'x'.repeat(200)]
    const { atom } = await ran(repo, () => undefined, { command, signal: 'SIGKILL', exitCode: 137 })
    expect([atom.files, atom.body?.title.length, atom.body?.metadata]).toEqual([[], 120, { command, exit_code: 137, signal: 'SIGKILL' }])
  })

  it('that removed a file which nobody had recorded keeps what it held, and a revert puts it back', async () => {
    const repo = await aRepo()
    await record(repo, { f: '1' })
    repo.worktree.put('scratch', 'mine')
    const made = await ran(repo, () => { repo.worktree.remove('scratch') })
    expect(changed(made)).toEqual([])
    expect(made.atom.body?.evidence?.map(({ name, phase, path }) => [name, phase, path])).toEqual([['stdout', 'other', undefined], ['before scratch', 'before', 'scratch']])
    const [reverted] = await collect(repo, pick, { kind: 'revert', revisions: ['HEAD'] })
    expect([reverted?.atom?.files?.map(({ path, change }) => `${change} ${path}`), repo.worktree.text('scratch')]).toEqual([['add project/scratch'], 'mine'])
  })

  it('that put a file back as it was recorded leaves nothing to record of it', async () => {
    const repo = await aRepo()
    await record(repo, { f: '1' })
    repo.worktree.put('f', 'mine')
    expect(changed(await ran(repo, () => { repo.worktree.put('f', '1') }))).toEqual([])
    expect((await run(repo, runBegin, {})).files).toEqual([])
  })
})
