/** Many ATOMs at once, as imports record them. */
import { join } from 'node:path'
import { git } from './lib/command.mjs'
import { gitStream, makeTrail, metadata, reason, title } from './lib/history.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'

export const about = 'recording in process, 1,000 ATOMs and one op a batch, each with a title of 60 and a reason of 120 characters, two metadata fields and one influence; every batch is synced. The next batch is made while the last is written.'

export async function bench({ folder, scale, row }) {
  const steps = scale.middle * 2
  const streams = { added: gitStream({ steps, files: 'added' }), edited: gitStream({ steps, files: 'edited' }) }
  const trail = (files) => (round) => makeTrail(join(folder, `trail-${files}-${round}`), { steps, files })
  const fastImport = (files) => (round) => {
    const cwd = join(folder, `git-${files}-${round}.git`)
    git(['init', '-q', '--bare', '-b', 'main', cwd], { cwd: folder })
    const start = performance.now()
    git(['fast-import', '--quiet', '--force'], { cwd, input: streams[files] })
    return performance.now() - start
  }
  const times = await interleave({
    none: trail('none'), sqlite: await sqliteTurn(join(folder, 'peer.db'), steps),
    added: trail('added'), gitAdded: fastImport('added'), edited: trail('edited'), gitEdited: fastImport('edited'),
  }, Math.min(scale.rounds, 5))
  const perSecond = (name) => steps * 1_000 / median(times[name])
  row({ what: 'ATOMs without files', value: perSecond('none'), unit: '/s', peer: 'SQLite rows, WAL, FULL', peerValue: perSecond('sqlite'), ratio: ratio(times.sqlite, times.none), target: '≥ 25000' })
  row({ what: 'every ATOM adds a path', value: perSecond('added'), unit: '/s', peer: 'git fast-import', peerValue: perSecond('gitAdded'), ratio: ratio(times.gitAdded, times.added), target: '≥ 1.0x' })
  row({ what: 'every ATOM changes one of 40 files', value: perSecond('edited'), unit: '/s', peer: 'git fast-import', peerValue: perSecond('gitEdited'), ratio: ratio(times.gitEdited, times.edited) })
}

async function sqliteTurn(file, steps) {
  const { default: Database } = await import('libsql')
  return (round) => {
    const database = new Database(`${file}-${round}`)
    database.exec('pragma journal_mode = wal; pragma synchronous = full; create table atoms (id integer primary key, title text, reason text, metadata text, previous integer)')
    const insert = database.prepare('insert into atoms (title, reason, metadata, previous) values (?, ?, ?, ?)')
    const start = performance.now()
    for (let first = 0; first < steps; first += 1_000) {
      database.exec('begin')
      for (let index = first; index < first + 1_000; index++) insert.run(title(index), reason(index), JSON.stringify(metadata(index)), index)
      database.exec('commit')
    }
    const ms = performance.now() - start
    database.close()
    return ms
  }
}
