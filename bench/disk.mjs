/** What an ATOM costs on disk. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { git } from './lib/command.mjs'
import { makeGit, makeTrail, metadata, reason, storeOf, title } from './lib/history.mjs'

export const about = 'bytes per typical ATOM (title of 60 and reason of 120 characters, two metadata fields, one influence, no file), one op each, 10,000 of them, after compaction, all indexes included.'

export async function bench({ folder, row }) {
  const steps = 10_000
  const trail = join(folder, 'trail')
  await makeTrail(trail, { steps, group: 1, ahead: 200 })
  const repository = makeGit(join(folder, 'git'), { steps })
  git(['gc', '-q'], { cwd: repository })
  const sqlite = await makeSqlite(join(folder, 'peer.db'), steps)
  row({ what: 'bytes on disk per ATOM', value: sizeBytes(storeOf(trail)) / steps, unit: 'bytes', peer: 'git, packed, per commit', peerValue: sizeBytes(join(repository, '.git')) / steps, target: '≤ 700' })
  row({ what: 'the same fields as SQLite rows, no history, no digests', value: sqlite / steps, unit: 'bytes' })
}

function sizeBytes(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + sizeBytes(join(path, name)), 0)
}

async function makeSqlite(file, steps) {
  const { default: Database } = await import('libsql')
  const database = new Database(file)
  database.exec('create table atoms (id integer primary key, title text, reason text, metadata text, previous integer); begin')
  const insert = database.prepare('insert into atoms (title, reason, metadata, previous) values (?, ?, ?, ?)')
  for (let index = 0; index < steps; index++) insert.run(title(index), reason(index), JSON.stringify(metadata(index)), index)
  database.exec('commit')
  database.close()
  return sizeBytes(file)
}
