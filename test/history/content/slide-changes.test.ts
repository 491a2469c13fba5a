import { describe, expect, it } from 'vitest'
import { slideChanges } from '../../../src/history/content/slide-changes.js'

/** Slides the changes of `tokens` (marked by `+`) against an unchanged other side. */
function slide(tokens: readonly number[], marks: string, best?: number): string {
  const changed = Uint8Array.from(marks, (mark) => (mark === '+' ? 1 : 0))
  const other = { tokens: Int32Array.from(tokens.filter((_, index) => marks[index] !== '+')), changed: new Uint8Array(marks.replaceAll('+', '').length) }
  const score = best === undefined ? undefined : (index: number) => ({ indent: 0, penalty: index === best ? 0 : 1 })
  slideChanges({ tokens: Int32Array.from(tokens), changed, score }, other)
  return [...changed].map((flag) => (flag === 1 ? '+' : '.')).join('')
}

describe('slideChanges', () => {
  it('slides a run down as far as it goes, and joins runs that touch', () => {
    expect(slide([1, 2, 1, 2, 3], '++...')).toBe('..++.')
    expect(slide([1, 1, 1], '+.+')).toBe('.++')
  })

  it('stops where the score is lowest', () => {
    expect(slide([1, 1, 1, 1], '+...', 1)).toBe('.+..')
  })
})
