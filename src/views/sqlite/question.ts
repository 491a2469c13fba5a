/** A question in words → the terms to look for: function words dropped, the rest as the index has them. Pure. */
import { setApart } from './search-text.js'

/** Words that say nothing about what is asked for. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(`a about after again all am an and any are as at be because been before being but by can could did do does doing done for from get got had has have having he her here him
  his how i if in into is it its just let lets me more most my myself no nor not now of off on once one only or other our ours out over own please same she should show so some such tell than that the
  their them then there these they this those through to too under until up us very was we were what whats when where which while who whom whose why will with would you your yours`.split(/\s+/))

const TERMS_MAX = 16

/** What a word of a question says about the type of the ATOM that answers it. */
const TYPES: readonly (readonly [words: RegExp, type: string])[] = [
  [/^(?:config\w*|cfg|settings?|setup)$/, 'CFG'], [/^(?:decisions?|decided?|chose|chosen|choice)$/, 'DECISION'], [/^(?:research\w*|found|investigat\w+|looked)$/, 'RESEARCH'],
  [/^(?:tests?|tested|benchmarks?|benchmarked|measured?)$/, 'TEST'], [/^(?:deploy\w*|shipped|released?)$/, 'DEPLOY'], [/^(?:tasks?|todo)$/, 'TASK'], [/^(?:validated?|proved|evidence|sage)$/, 'SAGE'],
  [/^(?:revert\w*|undone?|undid)$/, 'REVERT'], [/^(?:docs?|documented|documentation)$/, 'DOC'],
]

export interface Question {
  /** In lower case, each once, in the order of the question. */
  readonly terms: readonly string[]
  /** Types that the question names. */
  readonly types: readonly string[]
  /** It asks for what was made or set up, and not for what became of it later. */
  readonly wantsFirst: boolean
}

export function readQuestion(words: string): Question {
  const all = (setApart(words.normalize('NFKC')).toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).filter((word) => word.length <= 64)
  const telling = all.filter((word) => !FUNCTION_WORDS.has(word))
  const terms = [...new Set(telling.length > 0 ? telling : all)].slice(0, TERMS_MAX)
  return {
    terms,
    types: TYPES.filter(([pattern]) => all.some((word) => pattern.test(word))).map(([, type]) => type),
    wantsFirst: /\b(?:set ?up|creat\w+|made|first|initial\w*|original\w*|started?)\b/i.test(words),
  }
}

/** Returns the edit distance of two words (a swap of neighbours counts once), or `limit + 1` as soon as it is more than `limit`. */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1)
      next.push(best)
    }
    if (Math.min(...next) > limit) return limit + 1
    before = row
    row = next
  }
  return row[right.length] ?? limit + 1
}
