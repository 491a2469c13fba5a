import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git, hasGit } from '../helpers/git.js'
import { buildPrograms, checkWhole, contextIn, makePlace, readLog, removePrograms, startCli, startDoomedCli } from './kit.js'

beforeAll(buildPrograms)
afterAll(removePrograms)

/** A command, what it is run on, and what it has done in the end. */
interface Case {
  readonly words: readonly string[]
  prepare(folder: string): Promise<void>
  /** Throws unless the command has done all of its work. */
  check(folder: string): Promise<void>
}

async function ok(folder: string, ...words: readonly string[]): Promise<readonly string[]> {
  const child = startCli(folder, words)
  if (await child.done !== 0) throw new Error(`atom ${words.join(' ')}: ${child.errors.join('')}`)
  return child.lines
}

async function record(folder: string, count: number): Promise<void> {
  for (let step = 0; step < count; step++) {
    writeFileSync(join(folder, `f${String(step % 4)}.env`), `STEP=${String(step)}\n${'a line that stays\n'.repeat(20)}`)
    await ok(folder, 'commit', '-qm', `step ${String(step)}`, '.')
  }
}

const titles = async (folder: string): Promise<readonly (string | undefined)[]> => (await readLog({ context: contextIn(folder) })).map(({ title }) => title)
const SECRET = 'correct horse battery staple'

const CASES: Readonly<Record<string, Case>> = {
  'import jsonl': {
    words: ['import', 'jsonl', 'all.jsonl'],
    async prepare(folder) {
      await using other = await makePlace()
      await record(other.folder, 6)
      writeFileSync(join(folder, 'all.jsonl'), `${(await ok(other.folder, 'export', 'jsonl')).join('\n')}\n`)
    },
    async check(folder) { expect((await titles(folder)).filter((title) => title?.startsWith('step '))).toHaveLength(6) },
  },
  'import git': {
    words: ['import', 'git', 'repository'],
    async prepare(folder) {
      const repository = join(folder, 'repository')
      mkdirSync(repository)
      git(repository, ['init', '-q', '-b', 'trunk'])
      for (let step = 0; step < 6; step++) {
        writeFileSync(join(repository, `f${String(step % 3)}`), String(step))
        git(repository, ['add', '.'])
        git(repository, ['commit', '-q', '-m', `step ${String(step)}`])
      }
      git(repository, ['tag', '-a', 'v1', '-m', 'first'])
      await Promise.resolve()
    },
    async check(folder) {
      expect(await titles(folder)).toEqual(['step 5', 'step 4', 'step 3', 'step 2', 'step 1', 'step 0'])
      expect(await ok(folder, 'tag')).toEqual(['v1'])
    },
  },
  'gc': {
    words: ['gc'],
    async prepare(folder) {
      await record(folder, 3)
      await ok(folder, 'branch', 'side')
      for (let step = 0; step < 3; step++) await ok(folder, 'add', 'TASK', `dropped ${String(step)}`, '--branch', 'side')
      await ok(folder, 'branch', '-D', 'side')
      await ok(folder, 'add', 'TASK', 'last')
      await ok(folder, 'op', 'prune', '--keep', '1')
    },
    async check(folder) {
      expect(await titles(folder)).toHaveLength(5)
      // Those of the branch that is gone are gone.
      expect(await checkWhole({ context: contextIn(folder) })).toMatchObject({ atoms: 5 })
    },
  },
  'forget': {
    words: ['forget', 'HEAD~1', '--reason', 'secret'],
    async prepare(folder) {
      await ok(folder, 'add', 'TASK', SECRET, '--reason', `${SECRET} again`)
      await ok(folder, 'add', 'TASK', 'after it')
    },
    async check(folder) {
      const files = readdirSync(join(folder, '.atom'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      expect(files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(SECRET)).map(({ name }) => name)).toEqual([])
      expect(await titles(folder)).toEqual(['after it', undefined, expect.any(String)])
    },
  },
  'doctor --reindex': {
    words: ['doctor', '--reindex'],
    prepare: (folder) => record(folder, 3),
    async check(folder) { expect(await titles(folder)).toHaveLength(4) },
  },
  'switch': {
    words: ['switch', '--force', 'side'],
    async prepare(folder) {
      await record(folder, 5)
      await ok(folder, 'branch', 'side', 'HEAD~2')
    },
    async check(folder) {
      expect(JSON.parse((await ok(folder, 'status', '--json'))[0] ?? '')).toMatchObject({ branch: 'side', changes: [] })
      expect(readFileSync(join(folder, 'f0.env'), 'utf8')).toContain('STEP=0')
    },
  },
}

/** More writes than any of these makes: then it is not the count that ends a case. */
const WRITES_MAX = 60

/** Kills a command at one of its writes, and checks what is left and what another run makes of it. Returns `ended` where it made fewer. */
async function killAt(folder: string, { words, check }: Case, death: { readonly nth: number; readonly when: 'before' | 'after' }): Promise<'killed' | 'ended'> {
  const copy = mkdtempSync(join(tmpdir(), 'atom-kill-'))
  try {
    cpSync(folder, copy, { recursive: true })
    const doomed = startDoomedCli(copy, words, death)
    await doomed.done
    if (doomed.process.signalCode === null) {
      expect(doomed.process.exitCode).toBe(0)
      return 'ended'
    }
    expect(doomed.process.signalCode).toBe('SIGKILL')
    await checkWhole({ context: contextIn(copy) })
    await ok(copy, ...words)
    await check(copy)
    await checkWhole({ context: contextIn(copy) })
    return 'killed'
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

describe('a command that is killed at any of its writes', () => {
  it.each(Object.entries(CASES).filter(([name]) => name !== 'import git' || hasGit()))('leaves a whole store, and is completed by another run: %s', async (_name, given) => {
    await using place = await makePlace()
    await given.prepare(place.folder)
    let nth = 1
    while (await killAt(place.folder, given, { nth, when: 'before' }) === 'killed') nth++
    expect([nth > 1, nth < WRITES_MAX]).toEqual([true, true])
    // After one write is before the next, the last one apart: done, and not said.
    expect(await killAt(place.folder, given, { nth: nth - 1, when: 'after' })).toBe('killed')
  }, 120_000)
})
