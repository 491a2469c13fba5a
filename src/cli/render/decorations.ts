/** `(HEAD -> main, tag: v1, origin/main)`, in git's order and colours. */
import type { Decoration } from '../../ops/look/decorations.js'
import type { Span } from '../terminal/output.js'

/** Returns the names beside an ATOM in parentheses with a space before them; nothing where it has none. */
export function decorationSpans(decorations: readonly Decoration[]): readonly Span[] {
  if (decorations.length === 0) return []
  const spans: Span[] = [['id', ' (']]
  decorations.forEach((decoration, at) => {
    if (at > 0) spans.push(['id', ', '])
    if (decoration.isCurrent === true) spans.push(['head', 'HEAD -> '], ['branch', decoration.name])
    else spans.push(decoration.is === 'tag' ? ['tag', `tag: ${decoration.name}`] : [decoration.is, decoration.name])
  })
  return [...spans, ['id', ')']]
}

/** Returns the names as text, as `%D` has them. */
export function decorationText(decorations: readonly Decoration[]): string {
  return decorations.map(({ is, name, isCurrent }) => isCurrent === true ? `HEAD -> ${name}` : is === 'tag' ? `tag: ${name}` : name).join(', ')
}
