/** One ATOM recorded durably in a process that has the library loaded, against the same bytes in one raw synced LevelDB batch. */
import { randomFillSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Level } from 'level'
import { interleave, median, ratio, timeMs } from './lib/measure.mjs'
import { environment, git } from './lib/command.mjs'
import { contextOf, makeTrail, metadata, reason, title } from './lib/history.mjs'
import { createClock, createMemoryStore, createWriter, openStore, SPACES } from './lib/library.mjs'

export const about = 'one durable ATOM at a time, in process, no file. The first peer writes the very same records in one raw synced LevelDB batch.'

const PER_TURN = 50
const input = (index) => ({ type: 'CFG', title: title(index), reason: reason(index), metadata: metadata(index), agent: 'qwen', influencedBy: ['HEAD'] })

export async function bench({ folder, scale, row }) {
  const trail = join(folder, 'trail')
  await makeTrail(trail, { steps: scale.middle })
  const store = await openStore(trail, { env: environment(trail) })
  const raw = new Level(join(folder, 'raw'), { keyEncoding: 'view', valueEncoding: 'view' })
  await raw.open()
  const batches = await recordedBatches()
  const sqlite = await openSqlite(join(folder, 'peer.db'))
  const isomorphic = await openIsomorphic(join(folder, 'isomorphic'))
  const repository = join(folder, 'git')
  mkdirSync(repository)
  git(['init', '-q', '-b', 'main', '.'], { cwd: repository })
  let count = 0
  const turn = (one, times = PER_TURN) => async () => {
    const each = []
    for (let index = 0; index < times; index++) each.push(await timeMs(() => one(count++)))
    return median(each)
  }
  const times = await interleave({
    atom: turn((index) => store.add(input(index))),
    raw: turn((index) => writeRaw(raw, batches[index % batches.length])),
    sqlite: turn(sqlite.insert),
    isomorphic: turn(isomorphic.commit, 10),
    git: turn((index) => git(['-c', 'core.fsync=all', 'commit', '-q', '--allow-empty', '-m', title(index)], { cwd: repository }), 5),
  }, scale.rounds)
  const perSecond = (name) => 1_000 / median(times[name])
  const against = (name, peer, more = {}) => row({ what: `one durable ATOM, against ${peer}`, value: perSecond('atom'), unit: '/s', peer, peerValue: perSecond(name), ratio: ratio(times[name], times.atom), ...more })
  against('raw', 'raw synced LevelDB batch', { target: '≥ 0.8x' })
  against('sqlite', 'SQLite insert, WAL, FULL')
  against('isomorphic', 'isomorphic-git commit, not synced')
  against('git', 'git commit, synced')
  await store.close()
  await raw.close()
  sqlite.close()
}

/** Returns the batches that a writer makes of 64 recordings. */
async function recordedBatches() {
  const { add } = await import('../dist/ops/record/add.js')
  const { createTrailIndex } = await import('../dist/index/trail-index.js')
  const { objectsOf, META } = await import('../dist/store/objects.js')
  const memory = createMemoryStore()
  await memory.write({ puts: [[META.store, randomFillSync(new Uint8Array(16))]], deletes: [] }, 'sync')
  const batches = []
  const store = { ...memory, write: (batch, durability) => { batches.push(batch.puts); return memory.write(batch, durability) } }
  const context = contextOf('/')
  const writer = createWriter({ store, clock: createClock({}) })
  await writer.transact({ agent: 'qwen', command: 'init' }, (tx) => { tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/heads/main' } }) })
  const repo = {
    store, objects: objectsOf(store), index: createTrailIndex(store), writer, clock: createClock({}), random: { bytes: (length) => randomFillSync(new Uint8Array(length)) },
    reporter: context.reporter, identity: { agent: 'qwen' }, signal: context.signal, worktree: {}, spool: { count: () => 0 },
  }
  for (let index = 0; index < 64; index++) await add.run(repo, add.check({ ...input(index), influencedBy: index === 0 ? [] : ['HEAD'] }))
  return batches.slice(2)
}

/** The same number and sizes of records; new keys where a recording has new ones. */
async function writeRaw(database, puts) {
  const batch = database.batch()
  for (const [key, value] of puts) batch.put(key[0] === SPACES.object || key[0] === SPACES.seq || key[0] === SPACES.request ? randomised(key) : key, value)
  await batch.write({ sync: true })
}

function randomised(key) {
  const fresh = key.slice()
  randomFillSync(fresh, 2)
  return fresh
}

async function openSqlite(file) {
  const { default: Database } = await import('libsql')
  const database = new Database(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table atoms (id integer primary key, title text, reason text, metadata text, previous integer)')
  const insert = database.prepare('insert into atoms (title, reason, metadata, previous) values (?, ?, ?, ?)')
  return { insert: (index) => void insert.run(title(index), reason(index), JSON.stringify(metadata(index)), index), close: () => database.close() }
}

async function openIsomorphic(dir) {
  const { default: git } = await import('isomorphic-git')
  const fs = await import('node:fs')
  mkdirSync(dir)
  await git.init({ fs, dir, defaultBranch: 'main' })
  return { commit: (index) => git.commit({ fs, dir, message: `${title(index)}\n\n${reason(index)}`, author: { name: 'qwen', email: 'qwen@agent.invalid' } }) }
}
