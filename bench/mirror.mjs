/** A trail on a git host: pushed, brought back, one ATOM more; beside git pushing the same commits. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ATOM, atom, git, watch } from './lib/command.mjs'
import { makeTrail } from './lib/history.mjs'
import { median, timeMs } from './lib/measure.mjs'

export const about = '`push` to and `recover` from a git repository (`git+file:`, with the system\'s git), from the shell, every ATOM changes one of forty files; beside `git push` of the very commits that the mirror is made of.'

export async function bench({ folder, scale, row }) {
  const small = await measure(join(folder, 'small'), 523)
  row({ what: '523 ATOMs recovered from git', value: small.recover.ms / 1_000, unit: 's', target: '≤ 3' })
  const thousand = await measure(join(folder, 'thousand'), 1_000)
  row({ what: '1,000 ATOMs pushed to git', value: thousand.push.ms, unit: 'ms', peer: 'git push of the same commits', peerValue: thousand.gitMs, ratio: thousand.push.ms / thousand.gitMs, target: '≤ 3x' })
  const large = await measure(join(folder, 'large'), scale.middle)
  const name = scale.middle.toLocaleString('en-US')
  row({ what: `${name} ATOMs recovered from git`, value: large.recover.ms / 1_000, unit: 's', target: `≤ ${(60 * scale.middle) / 100_000}` })
  row({ what: `${name} ATOMs pushed to git`, value: large.push.ms, unit: 'ms', peer: 'git push of the same commits', peerValue: large.gitMs, ratio: large.push.ms / large.gitMs })
  row({ what: `greatest memory of recovering ${name}`, value: large.recover.peakMib, unit: 'MiB', peer: 'recovering 523', peerValue: small.recover.peakMib, ratio: large.recover.peakMib / small.recover.peakMib, target: '≤ 300' })
  row({ what: `greatest memory of pushing ${name}`, value: large.push.peakMib, unit: 'MiB', target: '≤ 300' })
  if (scale.all) await measureLarge(join(folder, 'largest'), { steps: scale.large, row })
  row({ what: `one ATOM more pushed, on ${name}`, value: large.oneMs, unit: 'ms', peer: 'on 523', peerValue: small.oneMs, ratio: large.oneMs / small.oneMs, target: '≤ 1.5x' })
}

/** As many as a long project has: some minutes. */
async function measureLarge(folder, { steps, row }) {
  const { recover, push } = await measure(folder, steps)
  const name = steps.toLocaleString('en-US')
  row({ what: `${name} ATOMs recovered from git`, value: recover.ms / 1_000, unit: 's', target: `≤ ${(60 * steps) / 100_000}` })
  row({ what: `${name} ATOMs pushed to git`, value: push.ms / 1_000, unit: 's' })
  row({ what: `greatest memory of recovering ${name}`, value: recover.peakMib, unit: 'MiB', target: '≤ 300' })
  row({ what: `greatest memory of pushing ${name}`, value: push.peakMib, unit: 'MiB', target: '≤ 300' })
}

async function measure(folder, steps) {
  const [trail, mirror, copy, plain] = ['trail', 'mirror.git', 'copy', 'plain.git'].map((name) => join(folder, name))
  await makeTrail(trail, { steps, files: 'edited' })
  atom(['remote', 'add', 'host', `git+file:${mirror}`], { cwd: trail })
  const exchange = async (cwd, ...args) => {
    const done = await watch(process.execPath, [ATOM, ...args], { cwd })
    if (done.code !== 0) throw new Error(`atom ${args[0]}: exit ${done.code}`)
    return done
  }
  const push = await exchange(trail, 'push', '-q', 'host')
  mkdirSync(copy)
  const recover = await exchange(copy, 'recover', '-q', '--from', `git+file:${mirror}`)
  const [there, here] = [trail, copy].map((cwd) => atom(['rev-parse', 'main'], { cwd }).toString())
  if (there !== here) throw new Error('what came back is not what was pushed')
  git(['init', '-q', '--bare', plain], { cwd: folder })
  const gitMs = await timeMs(() => git(['push', '-q', plain, 'main'], { cwd: mirror }))
  const one = []
  for (let round = 0; round < 6; round++) {
    atom(['add', '-q', 'DECISION', `one more ${round}`], { cwd: trail })
    one.push((await exchange(trail, 'push', '-q', 'host')).ms)
  }
  return { push, recover, gitMs, oneMs: median(one.slice(1)) }
}
