/** Finds the files below a folder, as tracked paths. What cannot be recorded is named in a warning and left out. */
import { readdirSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { compareText, getText, isWellFormed, toDisplayText } from '../../base/bytes.js'
import type { Reporter } from '../../base/ports.js'
import type { TrackedPath } from '../../ops/ports.js'
import { getPathProblem, isGitLookAlike } from '../../trail/paths.js'
import { openIgnoreRules, type IgnoreRules } from './ignore-rules.js'
import { createLook, unreadable } from './look.js'
import { isTempName } from './temp-name.js'
import { isStoreName, type Place, type Places } from './places.js'

export interface ListedFile {
  readonly path: TrackedPath
  /** The same with the names as the disk has them: not always NFC. */
  readonly diskPath: TrackedPath
}

export interface ListContext {
  readonly places: Places
  readonly reporter: Pick<Reporter, 'warn'> & Partial<Pick<Reporter, 'progress'>>
}

/** Returns the files and symlinks at or below a place, sorted. What is named itself is listed though a .gitignore names it. */
export async function listFiles(context: ListContext, place: Place): Promise<readonly ListedFile[]> {
  const found = createLook().find(place)
  if (found.is !== 'there') return []
  if (!found.stat.isDirectory()) return [{ path: place.path, diskPath: place.path }]
  const listed = new Map<TrackedPath, ListedFile>()
  const take = (file: ListedFile): void => {
    const known = listed.get(file.path)
    if (known === undefined) listed.set(file.path, file)
    else context.reporter.warn(`${context.places.display(file.path)} is there twice, in two Unicode forms of its name: only one is taken`)
    // The name that is NFC on disk is the one that a look finds.
    if (known !== undefined && file.path === file.diskPath) listed.set(file.path, file)
  }
  await listFolder({ ...context, take }, { folder: found.file, path: place.path, diskPath: place.path, rules: await rulesFor(place) })
  return [...listed.values()].sort((left, right) => compareText(left.path, right.path))
}

/** Returns the rules that hold at a folder: in a project all those from its root on, unless they ignore the very folder that was named. */
async function rulesFor({ scope, folder, segments }: Place): Promise<IgnoreRules> {
  const itself = join(folder, ...segments)
  if (scope !== 'project') return openIgnoreRules(itself)
  let rules = await openIgnoreRules(folder)
  let path = folder
  for (const name of segments) {
    if (rules.isIgnored(name, 'folder')) return openIgnoreRules(itself)
    path = join(path, name)
    rules = await rules.enter(path, name)
  }
  return rules
}

interface Walk extends ListContext { take(file: ListedFile): void }
interface WalkedFolder extends ListedFile { readonly folder: string; readonly rules: IgnoreRules }

async function listFolder(walk: Walk, at: WalkedFolder): Promise<void> {
  for (const entry of readEntries(walk, at.folder)) {
    const { name } = entry
    if (isGitLookAlike(name) || isStoreName(name) || isTempName(name)) continue
    const kind = entry.isDirectory() ? 'folder' : 'file'
    if (kind === 'file' && !entry.isFile() && !entry.isSymbolicLink()) continue
    if (at.rules.isIgnored(name, kind)) continue
    const folder = join(at.folder, name)
    const path = `${at.path}/${name.normalize('NFC')}`
    const problem = getPathProblem(path.slice(path.indexOf('/') + 1))
    if (problem !== undefined) {
      walk.reporter.warn(`left out ${JSON.stringify(walk.places.display(path))}: ${problem}`)
      continue
    }
    const found = { path, diskPath: `${at.diskPath}/${name}` }
    if (kind === 'file') walk.take(found)
    else if (!walk.places.isInStore(folder)) await listFolder(walk, { ...found, folder, rules: await at.rules.enter(folder, name) })
  }
}

function readEntries(walk: Walk, folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    if (!entries.some(({ name }) => name.includes('\ufffd') || !isWellFormed(name))) return entries
    // U+FFFD may be a name's own, or stand for bytes that are no UTF-8.
    for (const raw of readdirSync(folder, { encoding: 'buffer' })) {
      if (getText(raw) === undefined) walk.reporter.warn(`left out ${JSON.stringify(join(folder, toDisplayText(raw)))}: its name is not UTF-8`)
    }
    const texts = new Set(readdirSync(folder, { encoding: 'buffer' }).map((raw) => getText(raw)))
    return entries.filter(({ name }) => texts.has(name))
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw unreadable(folder, error)
  }
}
