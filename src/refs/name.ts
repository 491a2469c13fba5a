/** The grammar of ref names: git's `check-ref-format`, and nothing that could be read as an atom id or an object id. */
import { AtomError } from '../base/errors.js'
import { isWellFormed, utf8 } from '../base/bytes.js'

export const HEADS = 'refs/heads/'
export const TAGS = 'refs/tags/'
export const REMOTES = 'refs/remotes/'
export const FORGOTTEN = 'refs/atom/forgotten/'
/** Receipts that came from elsewhere for what is still here: listed, and followed only when somebody accepts them. */
export const OFFERED = 'refs/atom/offered/'
export const OPS = 'refs/atom/ops/'
const NAME_MAX_BYTES = 1_000

const PROBLEMS: readonly (readonly [pattern: RegExp, problem: string])[] = [
  // eslint-disable-next-line no-control-regex -- these are the characters that git refuses too
  [/[\u0000-\u0020\u007f~^:?*[\\]/, 'it has a space, a control character or one of ~ ^ : ? * [ \\'],
  [/\.\./, 'it has two dots in a row'],
  [/@\{/, 'it has @{'],
  [/^\/|\/$|\/\//, 'it has an empty part'],
  [/\.$/, 'it ends with a dot'],
  [/(?:^|\/)\.|\.lock(?:\/|$)/, 'a part of it begins with a dot or ends with .lock'],
]
const LOOK_ALIKES: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/^ATOM-[A-Z-]+-\d{8}-/, 'it looks like an atom id'],
  [/^[0-9a-fA-F]{64}$/, 'it looks like an object id'],
]

/** Returns why a full ref name is not allowed, or undefined. */
export function getRefNameProblem(name: string): string | undefined {
  if (name === 'HEAD') return undefined
  if (!name.includes('/')) return 'it has no slash'
  if (!isWellFormed(name) || utf8(name).length > NAME_MAX_BYTES) return `it is not text of at most ${String(NAME_MAX_BYTES)} bytes`
  const problem = PROBLEMS.find(([pattern]) => pattern.test(name))
  if (problem !== undefined) return problem[1]
  if (!name.startsWith(HEADS) && !name.startsWith(TAGS)) return undefined
  const short = shortRefName(name)
  return LOOK_ALIKES.find(([pattern]) => pattern.test(short))?.[1]
}

/** Checks a full ref name; throws `REF_NAME_INVALID`. */
export function checkRefName(name: string): string {
  const problem = getRefNameProblem(name)
  if (problem !== undefined) throw refuse(name, problem)
  return name
}

/** Returns the full name of a branch or tag that somebody typed; throws `REF_NAME_INVALID`. */
export function fullRefName(prefix: typeof HEADS | typeof TAGS, short: string): string {
  if (short === 'HEAD' || short === '@' || short.startsWith('-')) throw refuse(short, 'it cannot be told from HEAD or an option')
  const problem = getRefNameProblem(prefix + short)
  if (short === '' || problem !== undefined) throw refuse(short, problem ?? 'it is empty')
  return prefix + short
}

/** Returns a ref's name as people say it: `main` for refs/heads/main. */
export function shortRefName(name: string): string {
  for (const prefix of [HEADS, TAGS, REMOTES]) if (name.startsWith(prefix)) return name.slice(prefix.length)
  return name
}

function refuse(name: string, problem: string): AtomError<'REF_NAME_INVALID'> {
  return new AtomError('REF_NAME_INVALID', `not a ref name: ${name.slice(0, 200)} (${problem})`, { data: { name }, hint: 'names follow git check-ref-format' })
}
