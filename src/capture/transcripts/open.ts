/** Files and folders → the transcripts of an agent, in the order in which their sessions began. Everything is only read. */
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import { getText } from '../../base/bytes.js'
import { TRANSCRIPT_AGENTS } from '../../ops/transfer/transcripts/transcript-agents.js'
import type { TranscriptFile, TranscriptLine, TranscriptsWish, TranscriptSource } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getList, getName, getTimeMs, parseInside, type JsonFields } from './fields.js'
import type { FileAbout, OpenKeyedTables, TranscriptFormat } from './format.js'
import { readValue, transcriptLines } from './lines.js'
import { getFormat } from './sources.js'
import { defaultPlaces, type DefaultPlaces } from './where.js'

export interface OpenContext {
  readonly cwd: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly openTables: OpenKeyedTables
}

/** Opens the transcripts of an agent; throws `SOURCE_UNREADABLE` where there are none, `UNSUPPORTED` for what is no file of text. */
export async function openTranscriptFiles({ source, paths, root }: TranscriptsWish, context: OpenContext): Promise<TranscriptSource> {
  const format = getFormat(source)
  if (format === undefined) throw new AtomError('UNSUPPORTED', `transcripts of ${source} are not read`, { data: { what: source }, hint: `known are ${TRANSCRIPT_AGENTS.map(({ name }) => name).join(', ')}` })
  const found = paths.length > 0 ? await findGiven(format, paths, context) : await findDefault(format, root, context)
  const files: OpenedFile[] = []
  for (const path of found.paths) {
    const head = await readHead(path)
    if (!found.shared.has(path) || isIn(head, root)) files.push({ path, startMs: head.startMs, file: await fileOf(format, path, context) })
  }
  const refused = [...found.refused]
  for (const path of found.databases) {
    try {
      files.push(...await databaseFiles(format, path, context))
    } catch (error) {
      if (!isAtomError(error, 'SOURCE_UNREADABLE') || (files.length === 0 && found.databases.length === 1)) throw error
      refused.push({ name: path, reason: error.data.reason })
    }
  }
  if (files.length === 0) throw nothingThere(format, found.looked)
  files.sort((left, right) => left.startMs - right.startMs || compare(basename(left.path), basename(right.path)) || compare(left.path, right.path) || compare(left.file.name, right.file.name))
  return { agent: format.name, files: files.map(({ file }) => file), refused }
}

interface OpenedFile { readonly path: string; readonly startMs: number; readonly file: TranscriptFile }

async function databaseFiles({ databases }: TranscriptFormat, path: string, { cwd, openTables }: OpenContext): Promise<readonly OpenedFile[]> {
  const sessions = await databases?.sessions(path, openTables) ?? []
  return sessions.map(({ startMs, ...session }) => ({ path, startMs, file: { ...session, shown: `${shownPath(path, cwd)}#${session.sessionId}` } }))
}

interface Found {
  readonly paths: readonly string[]
  readonly databases: readonly string[]
  readonly shared: ReadonlySet<string>
  readonly looked: readonly string[]
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function nothingThere(format: TranscriptFormat, looked: readonly string[]): AtomError {
  const shown = looked.join(', ')
  return new AtomError('SOURCE_UNREADABLE', `there are no transcripts of ${format.name} in ${shown}`, { data: { source: shown, reason: 'none' }, hint: `name a file or folder: atom import ${format.name} PATH; read are ${endingsOf(format)}` })
}

function endingsOf({ endings, databases }: TranscriptFormat): string {
  return [...endings, ...databases?.endings ?? []].join(' and ')
}

async function findGiven(format: TranscriptFormat, paths: readonly string[], { cwd }: OpenContext): Promise<Found> {
  const found: string[] = []
  const databases: string[] = []
  const refused: { readonly name: string; readonly reason: string }[] = []
  for (const given of paths) {
    const path = resolve(cwd, given)
    const kind = await kindOf(path, given)
    if (kind === 'folder') found.push(...await filesBelow(format, path, { refused, databases }))
    else (await isDatabase(format, path) ? databases : found).push(path)
  }
  return { paths: [...new Set(found)], databases: [...new Set(databases)], shared: new Set(), looked: paths, refused }
}

async function findDefault(format: TranscriptFormat, root: string | undefined, { home, env }: OpenContext): Promise<Found> {
  const places: DefaultPlaces | undefined = root === undefined ? undefined : await defaultPlaces(format.name, { home, env, root })
  if (places === undefined) throw new AtomError('SOURCE_UNREADABLE', `where ${format.name} keeps the transcripts of ${root === undefined ? 'a machine' : 'a project'} is not known`, { data: { source: format.name, reason: 'path' }, hint: `name a file or folder: atom import ${format.name} PATH` })
  const refused: { readonly name: string; readonly reason: string }[] = []
  const own: string[] = []
  const shared: string[] = []
  for (const [folders, paths] of [[places.own, own], [places.shared, shared]] as const) {
    for (const folder of folders) if (await getKind(folder) === 'folder') paths.push(...await filesBelow(format, folder, { refused, databases: [] }))
  }
  return { paths: [...own, ...shared], databases: [], shared: new Set(shared), looked: [...places.own, ...places.shared], refused }
}

async function kindOf(path: string, shown: string): Promise<'file' | 'folder'> {
  const kind = await getKind(path)
  if (kind !== undefined) return kind
  throw new AtomError('SOURCE_UNREADABLE', `cannot read ${shown}: there is no such file or folder`, { data: { source: shown, reason: 'absent' } })
}

async function getKind(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as { code?: string }).code ?? '')) return undefined
    throw unreadable(path, error)
  }
}

/** What is found beside transcripts. */
interface Beside {
  readonly refused: { readonly name: string; readonly reason: string }[]
  readonly databases: string[]
}

/** Returns the transcripts below a folder; symbolic links are not followed. What is there in another form is named. */
async function filesBelow(format: TranscriptFormat, folder: string, { refused, databases }: Beside): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => { throw unreadable(folder, error) })
  const found: string[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile()) continue
    if (format.databases?.endings.some((ending) => entry.name.endsWith(ending)) === true) databases.push(path)
    else if (/\.(?:db|sqlite3?|vscdb)$/.test(entry.name)) refused.push({ name: path, reason: `a database; read are ${endingsOf(format)} files` })
    if (format.endings.some((ending) => entry.name.endsWith(ending)) && !isBeside(format, entry.name) && (format.isOne?.(aboutOf(format, path)) ?? true)) found.push(path)
  }
  return found.sort(compare)
}

function isBeside({ beside }: TranscriptFormat, name: string): boolean {
  return beside !== undefined && name.endsWith(beside)
}

const HEAD_BYTES = 65_536
const SQLITE = 'SQLite format 3\0'

/** Tells whether a file is a database that holds sessions; throws `UNSUPPORTED` where it is one that is not read. */
async function isDatabase(format: TranscriptFormat, path: string): Promise<boolean> {
  const head = await readStart(path)
  if (head.subarray(0, SQLITE.length).toString('latin1') !== SQLITE) return false
  if (format.databases?.endings.some((ending) => basename(path).includes(ending)) === true) return true
  throw new AtomError('UNSUPPORTED', `${path} is a SQLite database, and of ${format.name} only ${endingsOf(format)} files are read`, { data: { what: 'SQLite' }, hint: 'docs/transcripts.md says what is taken of each agent' })
}

async function readStart(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const buffer = Buffer.alloc(HEAD_BYTES)
      const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

interface Head { readonly startMs: number; readonly folder: string | undefined }

/** Returns when a session began and where: from the first lines that say so. */
async function readHead(path: string): Promise<Head> {
  const text = (await readStart(path)).toString('utf8')
  const values = text.split('\n').map((line) => getFields(parseInside(line))).filter((fields) => fields !== undefined)
  const times = values.map((fields) => getTimeMs(fields['timestamp'] ?? fields['startTime'])).filter((timeMs) => timeMs !== undefined)
  const folders = values.map((fields) => getName(getFields(fields['payload']), 'cwd') ?? getName(fields, 'cwd')).filter((folder) => folder !== undefined)
  const written = /"(?:startTime|timestamp|created|dateCreated)"\s*:\s*("[^"]{10,40}"|\d{10,13})/.exec(text)?.[1]
  return { startMs: times[0] ?? getTimeMs(parseInside(written)) ?? 0, folder: folders[0] ?? /"cwd"\s*:\s*"([^"\\]+)"/.exec(text)?.[1] }
}

function isIn({ folder }: Head, root: string | undefined): boolean {
  if (folder === undefined || root === undefined) return false
  return folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep)
}

function aboutOf({ endings }: TranscriptFormat, path: string): Omit<FileAbout, 'beside'> & { readonly beside: undefined } {
  const name = basename(path)
  const ending = endings.find((each) => name.endsWith(each)) ?? ''
  return { stem: name.slice(0, name.length - ending.length), folders: dirname(path).split(sep).slice(-3), beside: undefined }
}

async function fileOf(format: TranscriptFormat, path: string, { cwd }: OpenContext): Promise<TranscriptFile> {
  const about: FileAbout = { ...aboutOf(format, path), beside: await readBeside(format, path) }
  const sessionId = format.sessionOf?.(about) ?? about.stem
  const base = { shown: shownPath(path, cwd), name: `${sessionId}${path.slice(path.length - (endingOf(format, path)?.length ?? 0))}`, sessionId }
  const document = format.cutDocument === undefined || !path.endsWith('.json') ? undefined : format.cutDocument
  if (document === undefined) return { ...base, lines: () => transcriptLines(chunksOf(path), format.createReader(about)) }
  return { ...base, lines: () => documentLines(path, document, format.createReader(about)), document: () => chunksOf(path) }
}

function shownPath(path: string, cwd: string): string {
  const nearby = relative(cwd, path)
  return nearby.startsWith('..') ? path : nearby
}

function endingOf({ endings }: TranscriptFormat, path: string): string | undefined {
  return endings.find((ending) => path.endsWith(ending))
}

/** Returns what lies beside a file and says something of it. */
async function readBeside({ beside, listedIn, endings }: TranscriptFormat, path: string): Promise<JsonFields | undefined> {
  if (listedIn !== undefined) {
    const list = join(dirname(path), listedIn)
    const name = basename(path)
    return await getKind(list) !== 'file' ? undefined : getList(parseInside(await readFile(list, 'utf8'))).map(getFields).find((entry) => endings.some((ending) => `${getName(entry, 'sessionId') ?? ''}${ending}` === name))
  }
  const ending = endings.find((each) => path.endsWith(each))
  if (beside === undefined || ending === undefined) return undefined
  const place = path.slice(0, path.length - ending.length) + beside
  if (await getKind(place) !== 'file') return undefined
  return getFields(parseInside(await readFile(place, 'utf8')))
}

async function* chunksOf(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw unreadable(path, error)
  }
}

const DOCUMENT_MAX_BYTES = 268_435_456

async function* documentLines(path: string, cut: (document: JsonFields) => readonly unknown[], readLine: ReturnType<TranscriptFormat['createReader']>): AsyncIterable<TranscriptLine> {
  const { size } = await stat(path).catch((error: unknown) => { throw unreadable(path, error) })
  if (size > DOCUMENT_MAX_BYTES) throw new AtomError('SOURCE_UNREADABLE', `${path} is one document of ${String(size)} bytes`, { data: { source: path, reason: `one document above ${String(DOCUMENT_MAX_BYTES)} bytes` } })
  const text = getText(await readFile(path))
  const document = text === undefined ? undefined : getFields(parseInside(text))
  if (document === undefined) throw new AtomError('SOURCE_UNREADABLE', `${path} is no JSON document`, { data: { source: path, reason: 'it is not JSON' } })
  let number = 0
  for (const value of cut(document)) yield readValue(readLine, value, ++number)
}

function unreadable(path: string, cause: unknown): AtomError<'SOURCE_UNREADABLE'> {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = code === 'EACCES' ? 'it may not be read' : message
  return new AtomError('SOURCE_UNREADABLE', `cannot read ${path}: ${reason}`, { data: { source: path, reason }, cause })
}
