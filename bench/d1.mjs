/** A trail in Cloudflare D1: pushed, restored, one ATOM more. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ATOM, atom, watch } from './lib/command.mjs'
import { D1_URL, startD1 } from './lib/d1.mjs'
import { makeTrail } from './lib/history.mjs'
import { median } from './lib/measure.mjs'

export const about = '`push` to and `clone` from Cloudflare D1, from the shell, on the real workerd with its SQLite on this machine: no network lies between, and it runs on the same cores. Every ATOM changes one of forty files.'

export async function bench({ folder, scale, row }) {
  const small = await measure(join(folder, 'small'), 523)
  row({ what: '523 ATOMs restored from D1', value: small.clone.ms / 1_000, unit: 's', target: '≤ 3' })
  row({ what: '523 ATOMs pushed to D1', value: small.push.ms / 1_000, unit: 's' })
  const large = await measure(join(folder, 'large'), scale.middle)
  const name = scale.middle.toLocaleString('en-US')
  row({ what: `${name} ATOMs restored from D1`, value: large.clone.ms / 1_000, unit: 's', target: `≤ ${(60 * scale.middle) / 100_000}` })
  row({ what: `${name} ATOMs pushed to D1`, value: large.push.ms / 1_000, unit: 's' })
  row({ what: `greatest memory of restoring ${name}`, value: large.clone.peakMib, unit: 'MiB', peer: 'restoring 523', peerValue: small.clone.peakMib, ratio: large.clone.peakMib / small.clone.peakMib, target: '≤ 300' })
  if (scale.all) await measureLarge(join(folder, 'largest'), { steps: scale.large, row })
  row({ what: `one ATOM more pushed, on ${name}`, value: large.one.push, unit: 'ms', peer: 'on 523', peerValue: small.one.push, ratio: large.one.push / small.one.push, target: '≤ 1.5x' })
  row({ what: `one ATOM more fetched, on ${name}`, value: large.one.fetch, unit: 'ms', peer: 'on 523', peerValue: small.one.fetch, ratio: large.one.fetch / small.one.fetch, target: '≤ 1.5x' })
}

/** As many as a long project has: some minutes, most of them to fill the database. */
async function measureLarge(folder, { steps, row }) {
  const { clone } = await measure(folder, steps)
  const name = steps.toLocaleString('en-US')
  row({ what: `${name} ATOMs restored from D1`, value: clone.ms / 1_000, unit: 's', target: `≤ ${(60 * steps) / 100_000}` })
  row({ what: `greatest memory of restoring ${name}`, value: clone.peakMib, unit: 'MiB', target: '≤ 300' })
}

async function measure(folder, steps) {
  const d1 = await startD1()
  try {
    const [trail, copy] = [join(folder, 'trail'), join(folder, 'copy')]
    await makeTrail(trail, { steps, files: 'edited' })
    atom(['remote', 'add', 'cloud', D1_URL], { cwd: trail })
    const exchange = async (cwd, ...args) => {
      const done = await watch(process.execPath, [ATOM, ...args], { cwd, env: d1.env })
      if (done.code !== 0) throw new Error(`atom ${args[0]}: exit ${done.code}`)
      return done
    }
    const push = await exchange(trail, 'push', '-q', 'cloud')
    mkdirSync(copy)
    const clone = await exchange(copy, 'clone', '-q', D1_URL, '.')
    if (await d1.count('atom_trail_remote') !== steps + 1) throw new Error('not every ATOM is in D1')
    const one = { push: [], fetch: [] }
    for (let round = 0; round < 6; round++) {
      atom(['add', '-q', 'DECISION', `one more ${round}`], { cwd: trail })
      one.push.push((await exchange(trail, 'push', '-q', 'cloud')).ms)
      one.fetch.push((await exchange(copy, 'fetch', '-q')).ms)
    }
    return { push, clone, one: { push: median(one.push.slice(1)), fetch: median(one.fetch.slice(1)) } }
  } finally {
    await d1.stop()
  }
}
