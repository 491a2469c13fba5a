/** Reading the whole history, one line an ATOM. */
import { join } from 'node:path'
import { atom, git } from './lib/command.mjs'
import { makeGit, makeTrail } from './lib/history.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'

export const about = '`log --oneline` of everything from the shell, start of the program included.'

export async function bench({ folder, scale, row }) {
  for (const steps of new Set([scale.middle, scale.large])) {
    const [trail, repository] = [join(folder, `trail-${steps}`), join(folder, `git-${steps}`)]
    await makeTrail(trail, { steps })
    makeGit(repository, { steps })
    const times = await interleave({
      atom: () => void atom(['log', '--oneline'], { cwd: trail }),
      git: () => void git(['log', '--oneline'], { cwd: repository }),
      isomorphic: await isomorphicLog(repository, Math.min(steps, 10_000)),
      json: () => void atom(['log', '--json'], { cwd: trail }),
    }, Math.min(scale.rounds, 5))
    const perSecond = (name, count = steps) => count * 1_000 / median(times[name])
    const what = `log --oneline of ${steps.toLocaleString('en-US')}`
    row({ what, value: perSecond('atom'), unit: '/s', peer: 'git log --oneline', peerValue: perSecond('git'), ratio: ratio(times.git, times.atom), target: '≥ 0.5x' })
    row({ what: `${what}, against isomorphic-git in process`, value: perSecond('atom'), unit: '/s', peer: 'isomorphic-git log', peerValue: perSecond('isomorphic', Math.min(steps, 10_000)) })
    row({ what: `log --json of ${steps.toLocaleString('en-US')}`, value: perSecond('json'), unit: '/s' })
  }
}

async function isomorphicLog(dir, depth) {
  const { default: git } = await import('isomorphic-git')
  const fs = await import('node:fs')
  return async () => void await git.log({ fs, dir, depth, cache: {} })
}
