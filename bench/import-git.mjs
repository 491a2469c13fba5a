/** Taking over a git repository. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ATOM, atom, environment, git, watch } from './lib/command.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'
import { makeProject } from './lib/project.mjs'

export const about = '`atom import git` from the shell against `git fast-export --all | git fast-import`, on a repository of the usual shape: 200 files in 20 folders, three changed files a commit, a merge every tenth.'

export async function bench({ folder, scale, row }) {
  const commits = 1_000
  const repository = makeProject(join(folder, 'project'), { commits })
  const times = await interleave({
    atom: async (round) => (await importInto(join(folder, `trail-${round}`), repository)).ms,
    git: (round) => {
      const copy = join(folder, `copy-${round}.git`)
      git(['init', '-q', '--bare', copy], { cwd: folder })
      const start = performance.now()
      execFileSync('sh', ['-c', 'git -C "$1" fast-export --all | git -C "$2" fast-import --quiet --force', 'sh', repository, copy], { env: environment(folder), stdio: ['ignore', 'ignore', 'inherit'] })
      return performance.now() - start
    },
  }, Math.min(scale.rounds, 5))
  row({ what: `import git of ${commits.toLocaleString('en-US')} commits`, value: median(times.atom), unit: 'ms', peer: 'fast-export | fast-import', peerValue: median(times.git), ratio: ratio(times.atom, times.git), target: '≤ 3.0x' })
  const few = await importInto(join(folder, 'few'), repository)
  const many = await importInto(join(folder, 'many'), makeProject(join(folder, 'long'), { commits: 5 * commits }))
  row({ what: `its greatest memory at ${(5 * commits).toLocaleString('en-US')} commits`, value: many.peakMib, unit: 'MiB', peer: `at ${commits.toLocaleString('en-US')}`, peerValue: few.peakMib, ratio: many.peakMib / few.peakMib, target: '≤ 1.5x' })
}

async function importInto(cwd, repository) {
  mkdirSync(cwd)
  atom(['init'], { cwd })
  const done = await watch(process.execPath, [ATOM, 'import', 'git', '-q', repository], { cwd })
  if (done.code !== 0) throw new Error(`import git: exit ${done.code}`)
  return done
}
