/** One history, made twice: as a trail through the writer, as a git repository through `git fast-import`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { git, environment } from './command.mjs'
import { digestOf, initStore, openRepo, sealContent, silentReporter, stageDraft } from './library.mjs'

export const FIRST_TIME_MS = Date.UTC(2024, 10, 1)
const GROUP = 1_000

/** 60 characters. */
export const title = (index) => `${String(index).padStart(8, '0')} use the new shader cache on all machines that have`.padEnd(60, '.').slice(0, 60)
/** 120 characters, not the same twice. */
export const reason = (index) => `It renders the same frames in less time on every game tried so far, and the way back is one line; run ${(index * 7_919) % 100_003} says so`.padEnd(120, '.').slice(0, 120)
export const metadata = (index) => ({ game: `halo-${index % 97}`, attempt: index })

/** What a step changes: nothing; a path of its own; one of forty paths, in eight folders. */
export const FILES = {
  none: () => undefined,
  added: (index) => ({ path: `src/d${index % 100}/f${Math.floor(index / 100)}.txt`, text: `content of step ${index}\n` }),
  edited: (index) => ({ path: `src/d${index % 8}/f${index % 40}.txt`, text: `KEY=${index}\n${'line of a file that stays\n'.repeat(8)}END=${index * 31}\n` }),
}

export function contextOf(folder) {
  return { cwd: folder, env: environment(folder), reporter: silentReporter, signal: new AbortController().signal }
}

/** Makes a store in a folder and records steps into it, many in a transaction. Returns how long the recording took, in ms. */
export async function makeTrail(folder, { steps, files = 'none', group = GROUP, ahead = 2 }) {
  mkdirSync(folder, { recursive: true })
  const context = contextOf(folder)
  const made = await initStore({ project: 'bench', agent: 'qwen' }, context)
  const repo = await openRepo({ path: made.folder, root: folder }, context)
  const start = performance.now()
  await recordSteps(repo, { from: 0, to: steps, files, group, ahead })
  const ms = performance.now() - start
  await repo.store.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })
  await repo[Symbol.asyncDispose]()
  return ms
}

/** Records steps in groups; as many groups are under way as `ahead` says, as an import does. */
export async function recordSteps(repo, { from, to, files, group = GROUP, ahead = 2 }) {
  let last
  const stage = (first, end) => repo.writer.transact({ agent: 'qwen', command: 'bench' }, (tx) => {
    for (let index = first; index < end; index++) last = stageStep(tx, repo, { index, last, file: FILES[files](index) })
  })
  const underWay = []
  for (let first = from; first < to; first += group) {
    underWay.push(stage(first, Math.min(first + group, to)))
    if (underWay.length >= ahead) await underWay.shift()
  }
  await Promise.all(underWay)
}

function stageStep(tx, repo, { index, last, file }) {
  const content = file && sealContent(new TextEncoder().encode(file.text))
  return stageDraft(tx, {
    type: 'CFG', agent: 'qwen', timeMs: FIRST_TIME_MS + index * 60_000, influencedBy: last === undefined ? [] : [{ object: digestOf(last) }],
    body: { title: title(index), reason: reason(index), project: 'bench', metadata: metadata(index) },
    files: file === undefined ? new Map() : new Map([[`project/${file.path}`, { mode: 0o100644, link: content.id }]]),
    objects: content?.objects ?? [], layout: [],
  }, { ref: 'refs/heads/main', command: 'bench', salt: repo.random.bytes(16) }).id
}

/** Returns the same steps as a stream for `git fast-import`. */
export function gitStream({ steps, files = 'none' }) {
  const parts = []
  for (let index = 0; index < steps; index++) {
    const seconds = Math.floor((FIRST_TIME_MS + index * 60_000) / 1_000)
    const message = `${title(index)}\n\n${reason(index)}\n\n${JSON.stringify(metadata(index))}\n`
    const file = FILES[files](index)
    parts.push(`commit refs/heads/main\nauthor qwen <qwen@agent.invalid> ${seconds} +0000\ncommitter qwen <qwen@agent.invalid> ${seconds} +0000\ndata ${message.length}\n${message}\n`)
    if (file !== undefined) parts.push(`M 100644 inline ${file.path}\ndata ${file.text.length}\n${file.text}\n`)
  }
  return Buffer.from(parts.join(''))
}

export function makeGit(folder, options) {
  mkdirSync(folder, { recursive: true })
  git(['init', '-q', '-b', 'main', '.'], { cwd: folder })
  git(['fast-import', '--quiet', '--force'], { cwd: folder, input: gitStream(options) })
  return folder
}

export const storeOf = (folder) => join(folder, '.atom')
