/** Tracked paths: a scope and segments. What can be recorded on any platform; what can be written is judged where files are laid out. */
import { AtomError } from '../base/errors.js'
import { isWellFormed, utf8 } from '../base/bytes.js'
import { NAME_MAX_BYTES, PATH_MAX_BYTES } from '../base/limits.js'

export { displayPath, HOME, PROJECT, SYSTEM } from '../tree/scope.js'

/** Returns why a path below a scope cannot be recorded, or undefined. */
export function getPathProblem(path: string): string | undefined {
  if (!isWellFormed(path)) return 'it is not well-formed Unicode'
  if (utf8(path).length > PATH_MAX_BYTES) return `it is longer than ${String(PATH_MAX_BYTES)} bytes`
  for (const segment of path.split('/')) {
    const problem = getSegmentProblem(segment)
    if (problem !== undefined) return problem
  }
  return undefined
}

function getSegmentProblem(segment: string): string | undefined {
  if (segment === '') return 'a part of it is empty'
  if (segment === '.' || segment === '..') return `a part of it is ${segment}`
  if (segment.includes('\0')) return 'it has a NUL'
  if (utf8(segment).length > NAME_MAX_BYTES) return `a part of it is longer than ${String(NAME_MAX_BYTES)} bytes`
  if (isGitLookAlike(segment)) return `${JSON.stringify(segment)} is or looks like .git on some file system`
  return undefined
}

/**
 * Tells whether a file system could take a name for `.git`: case folded (NTFS, APFS), with trailing dots and spaces, a stream name or a backslash that is a slash there (NTFS), as
 * the short name `git~1`, or with characters that HFS+ ignores.
 */
export function isGitLookAlike(segment: string): boolean {
  const visible = segment.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
  const folded = visible.toLowerCase()
  return folded.split('\\').some((part) => {
    const base = (part.split(':')[0] ?? '').replace(/[. ]+$/, '')
    return base === '.git' || base === 'git~1'
  })
}

/** Returns the tracked path of a scope and a relative one; throws `PATH_INVALID`. */
export function trackedPath(scope: 'project' | 'home' | 'system', relative: string): string {
  const problem = getPathProblem(relative)
  if (problem !== undefined) throw new AtomError('PATH_INVALID', `cannot record ${JSON.stringify(relative.slice(0, 200))}: ${problem}`, { data: { path: relative, reason: problem } })
  return `${scope}/${relative}`
}
