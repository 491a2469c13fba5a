/** The same on a real git repository: this program's own history where it is a clone, else one made for the purpose. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Stage } from './stage.js'

/** Imports a repository and looks at it. Returns how many commits came in. */
export async function actGit(stage: Stage, program: string): Promise<number> {
  const own = dirname(dirname(realpathSync(program)))
  const isClone = existsSync(join(own, '.git'))
  const repository = isClone ? own : generateRepository(join(stage.home, 'projects', 'sample'))
  await stage.say(isClone ? '10. The same on a real git repository: this program\'s own' : '10. The same on a git repository (made here: this copy is no clone)')
  const cwd = join(stage.home, 'projects', 'imported')
  mkdirSync(cwd, { recursive: true })
  stage.at('2026-11-22T12:00:00Z')
  await stage.show(['init', '--project', 'imported'], { cwd })
  await stage.show(['import', 'git', repository], { cwd })
  const again = stage.run(['import', 'git', repository, '--json'], { cwd })
  await stage.show(['log', '--graph', '--oneline', '-n', '6'], { cwd })
  await stage.show(['verify'], { cwd })
  return readCommits(again)
}

function readCommits(summary: string): number {
  const { commits } = JSON.parse(summary) as { readonly commits: number }
  return commits
}

const COMMITS = 12

/** Makes a repository with the system's git, fixed in every byte. */
function generateRepository(folder: string): string {
  mkdirSync(folder, { recursive: true })
  git(folder, ['init', '--quiet', '--initial-branch=main'], 0)
  for (let count = 1; count <= COMMITS; count++) {
    writeFileSync(join(folder, `part-${String(count % 4)}.txt`), `revision ${String(count)}\n`)
    git(folder, ['add', '--all'], count)
    git(folder, ['commit', '--quiet', '--message', `Revise part ${String(count % 4)}, ATOM-DOC-20241120-${String(count).padStart(3, '0')}`], count)
  }
  return folder
}

function git(cwd: string, words: readonly string[], count: number): void {
  const date = `2024-11-20T10:${String(count).padStart(2, '0')}:00Z`
  const { status, stderr, error } = spawnSync('git', words, {
    cwd, encoding: 'utf8',
    env: {
      PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.org', GIT_COMMITTER_DATE: date,
    },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`git ${words.join(' ')} failed: ${stderr}`)
}
