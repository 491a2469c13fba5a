/** Recall: how often the answer is among the first three, and how long a question takes in a large trail. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ATOM, watch } from './lib/command.mjs'
import { contextOf, makeTrail } from './lib/history.mjs'
import { createSqliteView, createStore, openRepo, openStore } from './lib/library.mjs'
import { median } from './lib/measure.mjs'

export const about = '`recall` on fifty questions with known answers (`fixtures/recall/questions.json`), and in process on a large trail whose words are the same again and again; the view of that trail made, and brought up to date by one ATOM.'

const QUESTIONS = ['What shader cache do machines have?', 'renders the same frames in less time', 'run 4711 says so', 'halo-42', 'which game was tried on attempt 77777?', 'shadr cahce', 'new', 'way back is one line']

export async function bench({ folder, scale, row }) {
  const { first, third, count } = await hits(join(folder, 'questions'))
  row({ what: `answer among the first three, ${count} questions`, value: (third / count) * 100, unit: '%', target: '≥ 90' })
  row({ what: 'answer first', value: (first / count) * 100, unit: '%' })

  const trail = join(folder, 'trail')
  await makeTrail(trail, { steps: scale.large })
  const repo = await openRepo({ path: join(trail, '.atom'), root: trail }, contextOf(trail))
  const view = createSqliteView(join(trail, '.atom'))
  const start = performance.now()
  await view.rebuild(repo)
  row({ what: `view of ${scale.large.toLocaleString('en-US')} ATOMs made`, value: (scale.large / (performance.now() - start)) * 1_000, unit: '/s', target: '≥ 20000' })
  const one = []
  for (let round = 0; round < 15; round++) {
    await repo.writer.transact({ agent: 'bench', command: 'tag' }, (tx) => { tx.edit({ ref: `refs/tags/t${round}`, expected: 'any', next: tx.target('refs/heads/main') }) })
    one.push(await timed(() => view.follow(repo)))
  }
  row({ what: 'view brought up to date by one operation', value: median(one), unit: 'ms', target: '≤ 5' })
  const times = []
  for (let round = 0; round < 5; round++) for (const question of QUESTIONS) times.push(await timed(() => view.search(question, 5)))
  row({ what: `a question in ${scale.large.toLocaleString('en-US')} ATOMs, p50`, value: median(times), unit: 'ms', target: '≤ 10' })
  await repo[Symbol.asyncDispose]()
  row({ what: 'greatest memory of making it, from the shell', value: (await makeFromShell(trail)).peakMib, unit: 'MiB', target: '≤ 300' })
  if (!scale.million) return
  const million = join(folder, 'million')
  await makeTrail(million, { steps: 1_000_000 })
  const { ms, peakMib } = await makeFromShell(million)
  row({ what: 'view of 1,000,000 ATOMs made, from the shell', value: 1_000_000_000 / ms, unit: '/s', target: '≥ 20000', note: `${(ms / 1_000).toFixed(1)} s, start of the program included` })
  row({ what: 'its greatest memory', value: peakMib, unit: 'MiB', target: '≤ 300' })
}

async function makeFromShell(cwd) {
  const made = await watch(process.execPath, [ATOM, 'sql', '--rebuild', 'SELECT count(*) FROM atom_trail'], { cwd })
  if (made.code !== 0) throw new Error(`sql ended with ${made.code}`)
  return made
}

async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function hits(folder) {
  const { atoms, questions } = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/recall/questions.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  await createStore(folder, { env: contextOf(folder).env })
  const store = await openStore(folder, { agent: 'bench', env: contextOf(folder).env })
  const keys = new Map()
  for (const { key, type, title, reason, metadata, path, text } of atoms) {
    if (path !== undefined) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const { atom } = await store.add({ type, title, reason, metadata, ...(path !== undefined && { files: [path] }) })
    keys.set(atom.id, key)
  }
  let first = 0
  let third = 0
  for (const { asks, answer } of questions) {
    const found = []
    for await (const { atom } of store.recall({ words: asks, limit: 3 })) found.push(keys.get(atom.id))
    if (found[0] === answer) first++
    if (found.includes(answer)) third++
  }
  await store.close()
  return { first, third, count: questions.length }
}
