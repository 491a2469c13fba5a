/** Laying out a far revision, and comparing with it. */
import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { atom, git } from './lib/command.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'
import { makeProject } from './lib/project.mjs'

export const about = 'a checkout of the revision 500 first parents back and of the tip again, and the diff of the two, from the shell. Neither side syncs the files that it writes.'

const FAR = 'HEAD~500'

export async function bench({ folder, scale, row }) {
  const [trail, repository] = [join(folder, 'trail'), makeProject(join(folder, 'project'), { commits: 1_000 })]
  mkdirSync(trail)
  atom(['init', '-q'], { cwd: trail })
  atom(['import', 'git', '-q', repository], { cwd: trail })
  atom(['checkout', '-q', 'main'], { cwd: trail })
  git(['checkout', '-q', '-f', 'main'], { cwd: repository })
  const isomorphic = await openIsomorphic(makeProject(join(folder, 'isomorphic'), { commits: 1_000 }), git(['rev-parse', FAR], { cwd: repository }).toString().trim())
  const times = await interleave({
    atom: () => { for (const target of [FAR, 'main']) atom(['checkout', '-q', ...(target === FAR ? ['-d'] : []), target], { cwd: trail }) },
    git: () => { for (const target of [FAR, 'main']) git(['checkout', '-q', target], { cwd: repository }) },
    isomorphic,
    atomDiff: () => void atom(['diff', FAR, 'HEAD'], { cwd: trail }),
    gitDiff: () => void git(['diff', FAR, 'HEAD'], { cwd: repository }),
    atomStatus: () => void atom(['status'], { cwd: trail }),
    gitStatus: () => void git(['status', '--short'], { cwd: repository }),
  }, Math.min(scale.rounds, 7))
  const beside = (what, name, peer, peerName) => row({ what, value: median(times[name]), unit: 'ms', peer, peerValue: median(times[peerName]), ratio: ratio(times[name], times[peerName]) })
  beside('checkout there and back', 'atom', 'git checkout', 'git')
  beside('checkout there and back, against isomorphic-git', 'atom', 'isomorphic-git, in process', 'isomorphic')
  beside('diff of the two', 'atomDiff', 'git diff', 'gitDiff')
  beside('status with 201 files laid out', 'atomStatus', 'git status', 'gitStatus')
}

async function openIsomorphic(dir, far) {
  const { default: git } = await import('isomorphic-git')
  const fs = await import('node:fs')
  await git.checkout({ fs, dir, ref: 'main', force: true })
  return async () => {
    const cache = {}
    for (const ref of [far, 'main']) await git.checkout({ fs, dir, ref, force: true, cache })
  }
}
