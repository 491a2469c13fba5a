/** Writes the tables into a file of its own, beside its place first: it is whole or not there, and another one is only replaced when told to. */
import { closeSync, existsSync, fsyncSync, linkSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { codecOf, digestOf, getDigest, objectId, type ObjectId } from '../../codec/object-id.js'
import { openAny } from '../../object/open.js'
import { ownedLinks } from '../../object/links.js'
import { fromHex } from '../../base/bytes.js'
import type { ExportedTables, ExportTablesWish, FollowSource } from '../../ops/ports.js'
import { readLogState } from '../../refs/log-state.js'
import { buildView } from './build.js'
import { load, type Loader } from './loader.js'
import type { TrailState } from './trail-state.js'

const OBJECTS_DDL = `CREATE TABLE objects ( -- everything that the root leads to, byte by byte
  object TEXT NOT NULL, -- the SHA-256 of the bytes, 64 hex digits
  codec TEXT NOT NULL, -- dag-cbor, or raw for contents of files
  bytes BLOB NOT NULL, -- as they are stored
  PRIMARY KEY (object, codec)
)`

const INSERT_OBJECT = 'INSERT INTO objects VALUES (?, ?, ?)'
/** Objects between two turns for others. */
const TURN_OBJECTS = 1_000

export async function exportView(wish: ExportTablesWish, source: FollowSource): Promise<ExportedTables> {
  if (!wish.force && existsSync(wish.file)) throw existing(wish.file)
  const folder = makeFolder(wish.file)
  try {
    const built = join(folder, basename(wish.file))
    const result = await load({ file: built, atoms: readLogState(source.store).atoms }, async (loader) => {
      const { atoms, state } = await buildView(loader, source)
      const objects = wish.withObjects ? await putObjects(loader, state, source) : null
      loader.exec('PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = DELETE')
      // The lock is let go of at the end of the next statement that reads.
      await loader.value('SELECT count(*) FROM about')
      return { atoms, objects, root: state.about.get('root') ?? '' }
    })
    put(built, wish)
    return { file: wish.file, ...result }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFolder(file: string): string {
  try {
    return mkdtempSync(join(dirname(file), '.atom-export-'))
  } catch (cause) {
    const reason = (cause as Error).message
    throw new AtomError('FILE_UNWRITABLE', `cannot write ${file}: ${reason}`, { data: { path: file, reason }, cause })
  }
}

/** A link is made only where there is no file: whoever was faster keeps it. */
function put(built: string, { file, force }: ExportTablesWish): void {
  const descriptor = openSync(built, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (force) {
    renameSync(built, file)
    return
  }
  try {
    linkSync(built, file)
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'EEXIST') throw existing(file)
    throw error
  }
}

function existing(file: string): AtomError<'LOCAL_CHANGES'> {
  return new AtomError('LOCAL_CHANGES', `there is a file already: ${file}`, { data: { paths: [file] }, hint: '--force replaces it' })
}

/** Writes the refs object and all that it leads to. What was forgotten is not there. */
async function putObjects(loader: Loader, state: TrailState, { objects, index, signal, reporter }: FollowSource): Promise<number> {
  loader.exec(OBJECTS_DDL)
  loader.exec('BEGIN')
  const root = getDigest(state.about.get('root') ?? '')
  const rootBytes = fromHex(state.about.get('refs') ?? '')
  const seen = new Set<ObjectId>()
  const stack: ObjectId[] = root === undefined ? [] : [objectId(root, 'dag-cbor')]
  for (const tip of state.tips) stack.push(index.node(tip).id)
  let done = 0
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    const bytes = digestOf(id) === root ? rootBytes : objects.getObject(id)
    if (bytes === undefined) continue
    loader.insert(INSERT_OBJECT, [digestOf(id), codecOf(id), bytes])
    for (const link of codecOf(id) === 'dag-cbor' ? ownedLinks(openAny(bytes)) : []) stack.push(link.id)
    if (++done % TURN_OBJECTS !== 0) continue
    signal.throwIfAborted()
    reporter.progress('writing objects', done)
    await loader.room()
    await new Promise((resolve) => { setTimeout(resolve, 0) })
  }
  loader.exec('COMMIT')
  return done
}
