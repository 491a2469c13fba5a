/** Words of `add` that stand where paths do, but belong to the option before them: `-i REV REV`, `--meta K=V K=V`. A file of that name is a path. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isAtomId } from '../../object/atom-id.js'
import type { Pair } from './options.js'

export interface AddWords {
  readonly paths: readonly string[]
  readonly influencedBy: readonly string[]
  readonly meta: readonly Pair[]
  readonly evidence: readonly Pair[]
  readonly before: readonly Pair[]
  readonly after: readonly Pair[]
}

const PAIRS = ['meta', 'evidence', 'before', 'after'] as const
const OBJECT = /^(?:[0-9a-f]{64}|bafy[a-z2-7]{55}|(?:HEAD|@)(?:[~^]\d*)*)$/

/** Returns the words where they belong. A pair goes to the one option that takes pairs, and stays a path where several were given. */
export function gatherSpilled(words: AddWords, cwd: string): AddWords {
  const spilled = words.paths.filter((word) => !existsSync(resolve(cwd, word)))
  const revisions = words.influencedBy.length === 0 ? [] : spilled.filter((word) => isAtomId(word) || OBJECT.test(word))
  const [taker, ...others] = PAIRS.filter((name) => words[name].length > 0)
  const pairs = taker === undefined || others.length > 0 ? [] : spilled.filter((word) => word.indexOf('=') > 0)
  if (revisions.length === 0 && pairs.length === 0) return words
  const gathered = { ...words, paths: words.paths.filter((word) => !revisions.includes(word) && !pairs.includes(word)), influencedBy: [...words.influencedBy, ...revisions] }
  return taker === undefined ? gathered : { ...gathered, [taker]: [...words[taker], ...pairs.map(toPair)] }
}

function toPair(word: string): Pair {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}
