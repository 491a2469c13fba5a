/** Many processes that have the library loaded, recording at once. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { atom, environment } from './lib/command.mjs'
import { makeTrail } from './lib/history.mjs'
import { median } from './lib/measure.mjs'

export const about = 'processes that have the library loaded, recording at once, each one ATOM after the other; nothing is lost. Without an owner every one of them opens the store for each ATOM.'

const WRITER = join(import.meta.dirname, 'lib/writer.mjs')

export async function bench({ folder, scale, row }) {
  const seconds = scale.rounds > 5 ? 5 : 2
  for (const owner of ['auto', 'never']) {
    const how = owner === 'auto' ? 'through an owner' : 'without an owner'
    for (const processes of [1, 2, 4, 8, 16]) {
      const cwd = join(folder, `${owner}-${processes}`)
      await makeTrail(cwd, { steps: 100 })
      const done = await together(cwd, { owner, processes, seconds })
      const times = done.flatMap(({ ms }) => ms)
      const slowest = Math.max(...done.map(({ ms }) => ms.reduce((sum, each) => sum + each, 0)))
      const there = atom(['log', '--all', '--json', '-n', '1000000'], { cwd }).toString().trim().split('\n').length
      const lost = times.length + 101 - there
      const target = processes === 8 ? (owner === 'auto' ? '≥ 1000' : '≥ 100') : undefined
      row({ what: `${processes} ${processes === 1 ? 'process' : 'processes'} ${how}`, value: times.length * 1_000 / slowest, unit: '/s', ...(target !== undefined && { target }), note: `median ${median(times).toFixed(2)} ms, worst wait ${Math.max(...times).toFixed(0)} ms, lost ${lost}` })
      if (processes === 1 && owner === 'auto') row({ what: 'one alone, median', value: median(times), unit: 'ms', target: '≤ 2' })
      if (processes === 8) row({ what: `worst wait of 8 ${how}`, value: Math.max(...times), unit: 'ms', target: '≤ 1000' })
      if (processes === 8) row({ what: `lost of 8 ${how}`, value: lost, unit: 'ATOMs', target: '≤ 0' })
    }
  }
}

/** Starts all, waits until each has loaded the library, lets them go at once, and returns what each says it took. */
async function together(cwd, { owner, processes, seconds }) {
  const children = Array.from({ length: processes }, (_, number) => spawn(process.execPath, [WRITER, JSON.stringify({ cwd, owner, seconds, number })], { cwd, env: environment(cwd), stdio: ['pipe', 'pipe', 'inherit'] }))
  const answers = children.map((child) => lines(child.stdout))
  await Promise.all(answers.map(async (answer) => (await answer.next()).value))
  for (const child of children) child.stdin.end('go\n')
  return Promise.all(answers.map(async (answer) => JSON.parse((await answer.next()).value)))
}

async function* lines(stream) {
  let text = ''
  for await (const part of stream) {
    text += part
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}
