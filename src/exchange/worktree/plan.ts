/**
 * The one planner of everything that writes the user's files: what would be written or removed, and what stands against each step.
 *
 * Reads the disk, writes nothing. What it saw of a file is kept in the step, so that performing it can tell when the file changed since.
 */
import { accessSync, constants, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { compareText } from '../../base/bytes.js'
import { SYMLINK_MODE, type TreeEntry } from '../../object/tree.js'
import type { LayoutPlan, Obstacle, PlanOptions, PlanStep, TrackedPath } from '../../ops/ports.js'
import { contentSizeBytes } from '../../store/content.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { diffTrees } from '../../tree/diff.js'
import { walkPath } from '../../tree/read.js'
import { readDisk, type DiskState } from './changes.js'
import type { ListContext } from './list.js'
import { createLook, type Found, type Look } from './look.js'
import type { Place, PlaceOptions, Places } from './places.js'
import { kindText } from './stat-record.js'
import { createTargetPlaces } from './target.js'
import { findCaseClashes, getNameProblem, ignoresCase } from './writable.js'

export interface LayoutContext extends ListContext {
  readonly options: PlaceOptions & {
    /** Default: this machine's. */
    readonly platform?: string
    /** Default: asked of the disk. */
    readonly names?: 'case-sensitive' | 'case-insensitive'
  }
}

type Source = RecordReader & ObjectReader
const SLICE = 256
const LINK_TARGET_MAX_BYTES = 4_095

/** Returns the places that a plan is for: the worktree's, or those in a folder of its own. */
export function placesFor({ places, options }: LayoutContext, target: string | undefined): Places {
  return target === undefined ? places : createTargetPlaces(places, options, target)
}

/** Returns the plan, sorted by path. */
export async function planLayout(context: LayoutContext, source: Source, options: PlanOptions): Promise<LayoutPlan> {
  const places = placesFor(context, options.target)
  const planning: Planning = {
    source: options.target === undefined ? source : { getObject: (id) => source.getObject(id), getRecord: () => undefined, scan: (range) => source.scan(range) },
    places, options, platform: context.options.platform ?? process.platform, look: createLook(), steps: new Map(), folders: new Map(),
    clashes: clashesIn(context, { source, options, places }),
  }
  let count = 0
  for (const [path, pair] of wantedPairs(source, options)) {
    if (++count % SLICE === 0) await setImmediate()
    const step = await planStep(planning, path, pair)
    if (step !== undefined) planning.steps.set(path, step)
  }
  return { steps: [...planning.steps.values()].map((step) => withFolderInWay(planning, step)) }
}

interface Pair { readonly from: TreeEntry | undefined; readonly to: TreeEntry | undefined }

function wantedPairs(source: Source, { from, to, paths, files }: PlanOptions): readonly (readonly [TrackedPath, Pair])[] {
  const isWanted = (path: TrackedPath): boolean => paths === undefined || paths.some((at) => path === at || path.startsWith(`${at}/`))
  if (files === 'changed') return diffTrees(source, from, to).filter(({ path }) => isWanted(path)).map(({ path, before, after }) => [path, { from: before, to: after }])
  const pairs = new Map<TrackedPath, Pair>()
  for (const at of paths ?? ['']) {
    for (const { path, mode, link } of walkPath(source, from, at)) pairs.set(path, { from: { mode, link }, to: undefined })
    for (const { path, mode, link } of walkPath(source, to, at)) pairs.set(path, { from: pairs.get(path)?.from, to: { mode, link } })
  }
  return [...pairs].sort(([left], [right]) => compareText(left, right))
}

function clashesIn(context: LayoutContext, { source, options, places }: { readonly source: Source; readonly options: PlanOptions; readonly places: Places }): ReadonlyMap<TrackedPath, TrackedPath> {
  const { names } = context.options
  const folders = new Set((['project', 'home', 'system'] as const).flatMap((scope) => places.getPlace(scope)?.folder ?? []))
  if (names === 'case-sensitive' || (names === undefined && ![...folders].some(ignoresCase))) return new Map()
  return findCaseClashes([...walkPath(source, options.to, '')].map(({ path }) => path))
}

interface Planning {
  readonly source: Source
  readonly places: Places
  readonly options: PlanOptions
  readonly platform: string
  readonly look: Look
  readonly steps: Map<TrackedPath, PlanStep>
  /** Folder → why nobody may write in it. */
  readonly folders: Map<string, string | undefined>
  readonly clashes: ReadonlyMap<TrackedPath, TrackedPath>
}

async function planStep(planning: Planning, path: TrackedPath, pair: Pair): Promise<PlanStep | undefined> {
  const { places, options } = planning
  const place = places.getPlace(path)
  const problem = getProblem(planning, { path, place, entry: pair.to })
  if (place === undefined || problem !== undefined) return pair.to === undefined ? undefined : { path, entry: pair.to, work: 'write', obstacle: 'not-writable', reason: problem ?? 'this store has no project folder' }
  const found = throughRemoved(planning, place)
  const state = await readDisk(planning.source, { path, found })
  const work = workFor(state, pair.to)
  const base = { path, entry: pair.to, work, seen: fingerprint(found) }
  if (work === 'none') return state.is === 'file' ? { ...base, record: state.record } : base
  if (options.target === undefined && place.scope !== 'project' && !options.scopes.includes(place.scope)) return { ...base, obstacle: 'scope' }
  const blocked = getBlock(planning, place, found)
  if (blocked !== undefined) return { ...base, obstacle: 'blocked', reason: blocked }
  const obstacle = options.force ? undefined : localObstacle(state, pair)
  return obstacle === undefined ? base : { ...base, obstacle }
}

/** Returns why no such file can be here at all, or undefined. */
function getProblem(planning: Planning, { path, place, entry }: { readonly path: TrackedPath; readonly place: Place | undefined; readonly entry: TreeEntry | undefined }): string | undefined {
  if (place === undefined) return undefined
  const protection = planning.places.getProtection(place)
  if (protection !== undefined) return protection
  for (const name of place.segments) {
    const problem = getNameProblem(name, planning.platform)
    if (problem !== undefined) return problem
  }
  const clash = planning.clashes.get(path)
  if (clash !== undefined) return `this disk takes it for ${planning.places.display(clash)}`
  return entry === undefined ? undefined : getContentProblem(planning.source, entry)
}

function getContentProblem(source: ObjectReader, { mode, link }: TreeEntry): string | undefined {
  const bytes = source.getObject(link)
  if (bytes === undefined) return 'its content is not in this store: it was forgotten, or never came'
  if (mode !== SYMLINK_MODE) return undefined
  if (contentSizeBytes(source, link) > LINK_TARGET_MAX_BYTES) return 'the target of the symbolic link is too long'
  return bytes.length === 0 || bytes.includes(0) ? 'the target of the symbolic link is empty or has a NUL' : undefined
}

/** Returns what lies at a place once the files that the plan removes are gone. */
function throughRemoved(planning: Planning, place: Place): Found {
  const found = planning.look.find(place)
  if (found.is !== 'blocked') return found
  const inner = place.segments.length - (place.path.split('/').length - 1)
  const blocker = [place.scope, ...place.segments.slice(inner, found.depth)].join('/')
  const step = planning.steps.get(blocker)
  return step?.work === 'remove' && step.obstacle === undefined ? { is: 'absent', file: join(place.folder, ...place.segments) } : found
}

function workFor(state: DiskState, wanted: TreeEntry | undefined): PlanStep['work'] {
  if (wanted === undefined) return state.is === 'file' || state.is === 'other-file' || state.is === 'special' ? 'remove' : 'none'
  return state.is === 'file' && isSameEntry(state.entry, wanted) ? 'none' : 'write'
}

function isSameEntry(left: TreeEntry, right: TreeEntry): boolean {
  return left.mode === right.mode && left.link === right.link
}

function localObstacle(state: DiskState, { from, to }: Pair): Obstacle | undefined {
  if (state.is !== 'file' && state.is !== 'other-file') return undefined
  if (from === undefined) return to === undefined ? undefined : 'untracked'
  return state.is === 'file' && isSameEntry(state.entry, from) ? undefined : 'local-changes'
}

/** Returns what of the user's is in the way, or undefined. */
function getBlock(planning: Planning, place: Place, found: Found): string | undefined {
  if (found.is === 'blocked') return `${found.what === 'symlink' ? 'a symbolic link' : 'a file'} is where a folder of its path belongs: ${found.by}`
  if (found.is === 'there' && !found.stat.isFile() && !found.stat.isSymbolicLink() && !found.stat.isDirectory()) return `${kindText(found.stat)} is there`
  for (let segments = place.segments.slice(0, -1); ; segments = segments.slice(0, -1)) {
    const folder = planning.look.find({ ...place, segments })
    if (folder.is === 'there' && folder.stat.isDirectory()) return getFolderProblem(planning, folder.file)
    if (segments.length === 0) return undefined
  }
}

function getFolderProblem({ folders }: Planning, folder: string): string | undefined {
  if (folders.has(folder)) return folders.get(folder)
  let problem: string | undefined
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    problem = `the folder ${folder} cannot be written to (${(error as { code?: string }).code ?? 'unknown'})`
  }
  folders.set(folder, problem)
  return problem
}

/** A folder where the file goes is fine when the plan removes all that is in it. */
function withFolderInWay(planning: Planning, step: PlanStep): PlanStep {
  const place = planning.places.getPlace(step.path)
  if (step.work !== 'write' || step.obstacle !== undefined || place === undefined) return step
  const found = planning.look.find(place)
  if (found.is !== 'there' || !found.stat.isDirectory()) return step
  const left = firstLeft(planning, { folder: found.file, path: step.path })
  return left === undefined ? step : { ...step, obstacle: 'blocked', reason: `a folder is there, with ${planning.places.display(left)}` }
}

function firstLeft(planning: Planning, at: { readonly folder: string; readonly path: TrackedPath }): TrackedPath | undefined {
  for (const entry of readdirSync(at.folder, { withFileTypes: true })) {
    const path = `${at.path}/${entry.name}`
    const step = planning.steps.get(path) ?? planning.steps.get(path.normalize('NFC'))
    if (entry.isDirectory()) {
      const left = firstLeft(planning, { folder: join(at.folder, entry.name), path })
      if (left !== undefined) return left
    } else if (step?.work !== 'remove' || step.obstacle !== undefined) return path
  }
  return undefined
}

/** Returns a text that changes whenever a file does. */
export function fingerprint(found: Found): string {
  if (found.is !== 'there' || found.stat.isDirectory()) return 'absent'
  const { ino, size, mtimeNs, ctimeNs, mode } = found.stat
  return [ino, size, mtimeNs, ctimeNs, mode].join(' ')
}
