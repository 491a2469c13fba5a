import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editScript } from '../../../src/history/content/edit-script.js'

/** The length of the longest common subsequence, the slow and sure way. */
function commonLength(left: readonly number[], right: readonly number[]): number {
  let row = new Array<number>(right.length + 1).fill(0)
  for (const token of left) {
    const next = [0]
    right.forEach((other, index) => next.push(token === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0)))
    row = next
  }
  return row[right.length] ?? 0
}

describe('editScript', () => {
  const tokens = fc.array(fc.nat(4), { maxLength: 40 })

  it('turns before into after', () => {
    fc.assert(fc.property(tokens, tokens, (before, after) => {
      const made: number[] = []
      let at = 0
      for (const edit of editScript(Int32Array.from(before), Int32Array.from(after))) {
        expect(made.length + edit.beforeStart - at).toBe(edit.afterStart)
        made.push(...before.slice(at, edit.beforeStart), ...after.slice(edit.afterStart, edit.afterEnd))
        at = edit.beforeEnd
      }
      expect([...made, ...before.slice(at)]).toEqual(after)
    }))
  })

  it('is shortest where no line is frequent', () => {
    const distinct = fc.shuffledSubarray([...Array(30).keys()])
    fc.assert(fc.property(distinct, distinct, (before, after) => {
      const edits = editScript(Int32Array.from(before), Int32Array.from(after))
      const deleted = edits.reduce((sum, edit) => sum + edit.beforeEnd - edit.beforeStart, 0)
      expect(before.length - deleted).toBe(commonLength(before, after))
    }))
  })

  it('slides a change down as far as it goes', () => {
    expect(editScript(Int32Array.of(1, 2), Int32Array.of(1, 2, 1, 2))).toEqual([{ beforeStart: 2, beforeEnd: 2, afterStart: 2, afterEnd: 4 }])
  })
})
