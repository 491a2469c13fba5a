/** Checking every byte. */
import { join } from 'node:path'
import { ATOM, git, watch } from './lib/command.mjs'
import { makeGit, makeTrail } from './lib/history.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'

export const about = '`verify` of everything from the shell, objects per second, against `git fsck` on the same history: every step changes one of 40 files.'

export async function bench({ folder, scale, row }) {
  const steps = scale.large
  const [trail, repository] = [join(folder, 'trail'), join(folder, 'git')]
  await makeTrail(trail, { steps, files: 'edited' })
  makeGit(repository, { steps, files: 'edited' })
  const inGit = Number(/in-pack: (\d+)/.exec(git(['count-objects', '-v'], { cwd: repository }).toString())?.[1])
  const verified = await verifyOnce(trail)
  const times = await interleave({
    atom: async () => (await verifyOnce(trail)).ms / verified.objects,
    git: () => { const start = performance.now(); git(['fsck', '--no-progress'], { cwd: repository }); return (performance.now() - start) / inGit },
  }, Math.min(scale.rounds, 5))
  row({ what: `verify of ${steps.toLocaleString('en-US')} ATOMs`, value: 1_000 / median(times.atom), unit: 'objects/s', target: '≥ 120000', note: `${verified.objects.toLocaleString('en-US')} objects` })
  row({ what: 'the same, object against object', value: 1_000 / median(times.atom), unit: 'objects/s', peer: 'git fsck', peerValue: 1_000 / median(times.git), ratio: ratio(times.git, times.atom), target: '≥ 0.8x' })
  row({ what: `its greatest memory at ${steps.toLocaleString('en-US')}`, value: verified.peakMib, unit: 'MiB', target: '≤ 300' })
  if (!scale.million) return
  const million = join(folder, 'million')
  await makeTrail(million, { steps: 1_000_000 })
  const all = await verifyOnce(million)
  row({ what: 'verify of 1,000,000 ATOMs', value: all.objects * 1_000 / all.ms, unit: 'objects/s', target: '≥ 120000', note: `${all.objects.toLocaleString('en-US')} objects in ${(all.ms / 1_000).toFixed(1)} s` })
  row({ what: 'its greatest memory at 1,000,000', value: all.peakMib, unit: 'MiB', target: '≤ 300' })
}

async function verifyOnce(cwd) {
  const { code, ms, peakMib, stdout } = await watch(process.execPath, [ATOM, 'verify', '--json'], { cwd })
  if (code !== 0) throw new Error(`verify found something: ${stdout.slice(0, 500)}`)
  return { ms, peakMib, objects: JSON.parse(stdout).objects }
}
