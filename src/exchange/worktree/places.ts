/**
 * Where tracked paths lie on this machine, and what a typed path is called in the trail.
 *
 * A typed path is judged by where it really lies: symbolic links among its parents are followed once, here, and only inside its scope. From
 * then on nothing follows a link (`look.ts`).
 */
import { realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { Scope, TrackedPath } from '../../ops/ports.js'
import { displayPath, getPathProblem, isGitLookAlike, trackedPath } from '../../trail/paths.js'

export interface PlaceOptions {
  /** The folder that scope `project` means, symlinks resolved; undefined for a machine-wide store. */
  readonly root: string | undefined
  readonly home: string
  readonly cwd: string
  /** The store's own folder, symlinks resolved: nothing in it is ever read as a tracked file, let alone written. */
  readonly storeFolder: string
}

/** A tracked path taken apart. */
export interface Place {
  readonly path: TrackedPath
  readonly scope: Scope
  /** The scope's folder on this machine. */
  readonly folder: string
  /** Empty for the scope itself. */
  readonly segments: readonly string[]
}

export interface Places {
  /** Returns the folder of the project that the user stands in, as a tracked path; undefined elsewhere, in the store's own folder too. */
  folder(): TrackedPath | undefined
  locate(typed: string): TrackedPath
  display(path: TrackedPath): string
  /** Returns where a tracked path belongs; undefined where its scope has no folder here. */
  getPlace(path: TrackedPath): Place | undefined
  /** Returns why a file may be neither read nor written at a place, or undefined. */
  getProtection(place: Place): string | undefined
  /** Tells whether an absolute path is the store's folder or lies in it. */
  isInStore(path: string): boolean
}

const SCOPES: readonly Scope[] = ['project', 'home', 'system']
const SCOPE_NAMES: { readonly [path: string]: string | undefined } = { project: '.', home: '~', system: '/' }

export function createPlaces(options: PlaceOptions): Places {
  const realHome = once(() => realOf(resolve(options.home)))
  const realCwd = once(() => realOf(resolve(options.cwd)))
  const folderOf = (scope: Scope): string | undefined => (scope === 'project' ? options.root : scope === 'home' ? realHome() : '/')
  const isInStore = (path: string): boolean => isAtOrBelow(path, options.storeFolder)
  const scopeOf = (path: string): Scope =>
    options.root !== undefined && isAtOrBelow(path, options.root) ? 'project' : isAtOrBelow(path, realHome()) ? 'home' : 'system'
  const locate = (typed: string): TrackedPath => {
    if (typed === '') throw refuse(typed, 'it is empty')
    if (typed.includes('\0')) throw refuse(typed, 'it has a NUL')
    const lexical = throughHome(resolve(realCwd(), expandHome(typed, options.home)), { home: resolve(options.home), realHome: realHome() })
    const scopes = SCOPES.filter((scope) => folderOf(scope) === lexical)
    const real = scopes.length > 0 ? lexical : join(realOf(dirname(lexical)), basename(lexical))
    const scope = scopes[0] ?? scopeOf(real)
    if (SCOPES.indexOf(scope) > SCOPES.indexOf(scopeOf(lexical))) throw refuse(typed, 'a symbolic link on the way leads elsewhere', `name the file where it lies: ${real}`)
    if (isInStore(real)) throw refuse(typed, "it is the store's own")
    const inside = relative(folderOf(scope) ?? '/', real).split(sep).join('/').normalize('NFC')
    if (inside === '') return scope
    const tracked = trackedPath(scope, inside)
    if (inside.split('/').some(isStoreName)) throw refuse(typed, 'a part of it is .atom, where stores are kept')
    return tracked
  }
  const getPlace = (path: TrackedPath): Place | undefined => {
    const [scope, ...segments] = path.split('/') as [Scope, ...string[]]
    const folder = SCOPES.includes(scope) ? folderOf(scope) : undefined
    return folder === undefined ? undefined : { path, scope, folder, segments }
  }
  const getProtection = ({ folder, segments }: Place): string | undefined => {
    const problem = segments.length === 0 ? undefined : getPathProblem(segments.join('/'))
    if (problem !== undefined) return problem
    if (segments.some(isStoreName)) return 'a part of it is .atom, where stores are kept'
    return isInStore(join(folder, ...segments)) ? "it is the store's own" : undefined
  }
  const folder = (): TrackedPath | undefined => {
    const { root } = options
    const here = realCwd()
    if (root === undefined || !isAtOrBelow(here, root) || isInStore(here)) return undefined
    return ['project', ...relative(root, here).split(sep).filter((segment) => segment !== '')].join('/').normalize('NFC')
  }
  return { folder, locate, getPlace, getProtection, isInStore, display: (path) => SCOPE_NAMES[path] ?? displayPath(path) }
}

/** Returns the absolute path of a typed folder, symbolic links resolved. */
export function resolveTyped({ cwd, home }: PlaceOptions, typed: string): string {
  return realOf(resolve(realOf(resolve(cwd)), expandHome(typed, home)))
}

/** Tells whether a file system could take a name for `.atom`. */
export function isStoreName(segment: string): boolean {
  return isGitLookAlike(segment.replace(/atom/i, 'git').replace(/^atom~/i, 'git~'))
}

export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** Returns a path with the symbolic links among its existing parents resolved; what does not exist yet stays as it is. */
export function realOf(path: string): string {
  for (let known = path, rest = ''; ; rest = rest === '' ? basename(known) : join(basename(known), rest), known = dirname(known)) {
    try {
      return rest === '' ? realpathSync(known) : join(realpathSync(known), rest)
    } catch (error) {
      if (dirname(known) === known) throw error
      const { code } = error as { code?: string }
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES' && code !== 'ELOOP') throw error
    }
  }
}

function expandHome(typed: string, home: string): string {
  if (typed === '~') return home
  return typed.startsWith('~/') || typed.startsWith(`~${sep}`) ? join(home, typed.slice(2)) : typed
}

/** A home that is itself a symbolic link is trusted: what is typed below it lies below the real one. */
function throughHome(path: string, { home, realHome }: { readonly home: string; readonly realHome: string }): string {
  return isAtOrBelow(path, home) ? join(realHome, relative(home, path)) : path
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

function refuse(typed: string, reason: string, hint?: string): AtomError<'PATH_INVALID'> {
  return new AtomError('PATH_INVALID', `cannot use ${JSON.stringify(typed.slice(0, 200))}: ${reason}`, { data: { path: typed, reason }, ...(hint !== undefined && { hint }) })
}

