/** `--name-only` and `--name-status`, as git prints them. */
import { displayPath } from '../../tree/scope.js'
import type { Line, Span } from '../terminal/output.js'

export interface NamedChange {
  readonly path: string
  readonly change: string
  readonly from?: string
  /** 0 … 100 */
  readonly similarity?: number
}

const LETTERS: { readonly [change: string]: string } = { add: 'A', modify: 'M', delete: 'D', mode: 'M', type: 'T', rename: 'R' }

/** Returns `M<tab>path`, or the path alone. */
export function nameLine({ path, change, from, similarity }: NamedChange, names: 'only' | 'status'): Line {
  const shown = displayPath(path)
  if (names === 'only') return [['path', shown]]
  const letter = `${LETTERS[change] ?? '?'}${similarity === undefined ? '' : String(similarity).padStart(3, '0')}`
  const before: readonly Span[] = from === undefined ? [] : [['path', displayPath(from)], ['content', '\t']]
  return [['changed', letter], ['content', '\t'], ...before, ['path', shown]]
}
