/** The same on a real git repository: this program's own history where it is a clone, else one made for the purpose. */
import fs, { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Stage } from './stage.js'

/** Imports a repository and looks at it. Returns how many commits came in. */
export async function actGit(stage: Stage, program: string): Promise<number> {
  const own = dirname(dirname(realpathSync(program)))
  const isClone = existsSync(join(own, '.git'))
  const repository = isClone ? own : await generateRepository(join(stage.home, 'projects', 'sample'))
  await stage.say(isClone ? '10. The same on a real git repository: this program\'s own' : '10. The same on a git repository (made here: this copy is no clone)')
  const cwd = join(stage.home, 'projects', 'imported')
  mkdirSync(cwd, { recursive: true })
  stage.at('2026-11-22T12:00:00Z')
  await stage.show(['init', '--project', 'imported'], { cwd })
  await stage.show(['import', 'git', repository], { cwd })
  const again = stage.run(['import', 'git', repository, '--json'], { cwd })
  await stage.show(['log', '--graph', '--oneline', '-n', '6'], { cwd })
  await stage.show(['verify'], { cwd, lines: -1 })
  return readCommits(again)
}

function readCommits(summary: string): number {
  const { commits } = JSON.parse(summary) as { readonly commits: number }
  return commits
}

const COMMITS = 12
const PARTS = 4
const FIRST_COMMIT_S = Date.UTC(2024, 10, 20, 10) / 1_000

/** Makes a repository, fixed in every byte; no git is needed for it. */
async function generateRepository(dir: string): Promise<string> {
  const git = await import('isomorphic-git')
  mkdirSync(dir, { recursive: true })
  await git.init({ fs, dir, defaultBranch: 'main' })
  for (let count = 1; count <= COMMITS; count++) {
    const part = `part-${String(count % PARTS)}.txt`
    writeFileSync(join(dir, part), `revision ${String(count)}\n`)
    await git.add({ fs, dir, filepath: part })
    const author = { name: 'Ann', email: 'ann@example.org', timestamp: FIRST_COMMIT_S + count * 60, timezoneOffset: 0 }
    await git.commit({ fs, dir, author, message: `Revise part ${String(count % PARTS)}, ATOM-DOC-20241120-${String(count).padStart(3, '0')}` })
  }
  return dir
}
