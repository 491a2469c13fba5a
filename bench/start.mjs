/** How long commands take from the shell, against a Node that does nothing. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atom, git, HOOK, node, run } from './lib/command.mjs'
import { makeGit, makeTrail, title, reason } from './lib/history.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'

export const about = 'one command from the shell, everything included; ADD is durable when it returns. The peer is `node -e 0`.'

const COMMANDS = {
  'add': { args: ['add', 'CFG', title(1), '--reason', reason(1), '--meta', 'game=halo', '--meta', 'attempt=7', '--agent', 'qwen'], target: '≤ 2.0x' },
  'log -n 20': { args: ['log', '-n', '20'], target: '≤ 1.8x' },
  'show': { args: ['show', 'HEAD'], target: '≤ 1.8x' },
  'branch': { args: ['branch'], target: '≤ 1.8x' },
  'status': { args: ['status'], target: '≤ 1.8x' },
}

export async function bench({ folder, scale, row }) {
  const sizes = [scale.small, scale.million ? 1_000_000 : scale.large]
  for (const steps of sizes) await makeTrail(join(folder, String(steps)), { steps })
  const [small, large] = sizes.map((steps) => join(folder, String(steps)))
  // Of its own: what a hook leaves is taken by the next command.
  await makeTrail(join(folder, 'hook'), { steps: 1 })
  const repository = makeGit(join(folder, 'git'), { steps: scale.small })
  const subjects = { node: () => void node(['-e', '0'], { cwd: folder }) }
  for (const [name, { args }] of Object.entries(COMMANDS)) {
    subjects[name] = () => void atom(args, { cwd: small })
    subjects[`${name} large`] = () => void atom(args, { cwd: large })
  }
  subjects['git add'] = () => void git(['commit', '-q', '--allow-empty', '-m', title(1)], { cwd: repository })
  subjects['git log'] = () => void git(['log', '-n', '20'], { cwd: repository })
  const payload = join(folder, 'payload.json')
  writeFileSync(payload, JSON.stringify({ tool: 'edit', text: 'a line of a file\n'.repeat(60) }))
  subjects.hook = () => fromShell([HOOK, 'bench'], { cwd: join(folder, 'hook'), payload })
  subjects.sh = () => fromShell(['sh', '-c', ':'], { cwd: folder, payload })
  const times = await interleave(subjects, scale.rounds)
  for (const [name, { target }] of Object.entries(COMMANDS)) {
    row({ what: `atom ${name}, ${sizes[0].toLocaleString('en-US')} ATOMs`, value: median(times[name]), unit: 'ms', peer: 'node -e 0', peerValue: median(times.node), ratio: ratio(times[name], times.node), target })
    row({ what: `atom ${name}, ${sizes[1].toLocaleString('en-US')} ATOMs`, value: median(times[`${name} large`]), unit: 'ms', peer: `at ${sizes[0].toLocaleString('en-US')}`, peerValue: median(times[name]), ratio: ratio(times[`${name} large`], times[name]), target: '≤ 1.25x' })
  }
  row({ what: 'git commit --allow-empty (not synced), for comparison', value: median(times['git add']), unit: 'ms' })
  row({ what: 'git log -n 20, for comparison', value: median(times['git log']), unit: 'ms' })
  row({ what: 'bin/atom-hook, 1 kB on stdin', value: median(times.hook), unit: 'ms', peer: 'sh -c :', peerValue: median(times.sh), target: '≤ 10' })
}

const CALLS = 10

/** Returns how long a shell takes for one call of a program, many called one after the other: what it takes Node to start a shell is no part of it. */
function fromShell(words, { cwd, payload }) {
  const start = performance.now()
  run('sh', ['-c', `payload=$1; shift; for call in ${'. '.repeat(CALLS)}; do "$@" < "$payload" || exit; done`, 'sh', payload, ...words], { cwd })
  return (performance.now() - start) / CALLS
}
