/**
 * Where two descendants of one text agree, and where not: the core of the three-way line merge.
 *
 * Guarantees git's rules at its `zealous` level: a change of one side alone is taken; the same change on both sides is
 * taken once; changes of both sides that overlap *or touch* conflict; a conflict shrinks to the lines in which the sides
 * differ; conflicts at most three lines apart, or with only blank lines and punctuation between, become one. Refuses to guess: what is not covered by these is a conflict.
 */
import { editScript } from './edit-script.js'
import type { Edit } from './edit-script.js'

/**
 * A stretch of the merge that is not simply what `ours` has. Positions are lines, ends not included. Whatever lies
 * between two regions is taken from ours.
 */
export interface MergeRegion {
  readonly from: 'ours' | 'theirs' | 'both'
  oursStart: number
  oursEnd: number
  theirsStart: number
  theirsEnd: number
}

/** The numbered lines of the three contents, by one `numberLines` call. */
export interface ThreeSides {
  readonly base: Int32Array
  readonly ours: Int32Array
  readonly theirs: Int32Array
  /** Tells whether a letter or digit stands in the lines `start … end` of ours. */
  oursHasWords(start: number, end: number): boolean
}

const JOIN_DISTANCE_LINES = 3

/** Returns the regions in order; `from: 'both'` is a conflict. */
export function mergeRegions(sides: ThreeSides): MergeRegion[] {
  const oursEdits = editScript(sides.base, sides.ours)
  const theirsEdits = editScript(sides.base, sides.theirs)
  const joined = joinTouching(collect(sides, oursEdits, theirsEdits))
  return joinNearConflicts(joined.flatMap((region) => (region.from === 'both' ? refine(region, sides) : [region])), sides)
}

/** Pairs the two scripts along the base. */
function collect(sides: ThreeSides, oursEdits: readonly Edit[], theirsEdits: readonly Edit[]): MergeRegion[] {
  const regions: MergeRegion[] = []
  let left = 0
  let right = 0
  for (;;) {
    const ours = oursEdits[left]
    const theirs = theirsEdits[right]
    if (ours === undefined && theirs === undefined) return regions
    if (theirs === undefined || (ours !== undefined && ours.beforeEnd < theirs.beforeStart)) {
      regions.push(oneSided('ours', ours as Edit, shiftBefore(theirsEdits, right)))
      left++
    } else if (ours === undefined || theirs.beforeEnd < ours.beforeStart) {
      regions.push(oneSided('theirs', theirs, shiftBefore(oursEdits, left)))
      right++
    } else {
      if (!isSameEdit(sides, ours, theirs)) regions.push(twoSided(ours, theirs))
      if (ours.beforeEnd >= theirs.beforeEnd) right++
      if (theirs.beforeEnd >= ours.beforeEnd) left++
    }
  }
}

/** Returns what to add to a line of the base to get the side's line, between its edits `index - 1` and `index`. */
function shiftBefore(edits: readonly Edit[], index: number): number {
  const last = edits[index - 1]
  return last === undefined ? 0 : last.afterEnd - last.beforeEnd
}

function oneSided(from: 'ours' | 'theirs', edit: Edit, otherShift: number): MergeRegion {
  const own = { start: edit.afterStart, end: edit.afterEnd }
  const other = { start: edit.beforeStart + otherShift, end: edit.beforeEnd + otherShift }
  const [ours, theirs] = from === 'ours' ? [own, other] : [other, own]
  return { from, oursStart: ours.start, oursEnd: ours.end, theirsStart: theirs.start, theirsEnd: theirs.end }
}

/** Widens both edits to the stretch of the base that they cover together. */
function twoSided(ours: Edit, theirs: Edit): MergeRegion {
  const start = Math.min(ours.beforeStart, theirs.beforeStart)
  const end = Math.max(ours.beforeEnd, theirs.beforeEnd)
  return {
    from: 'both',
    oursStart: ours.afterStart - (ours.beforeStart - start),
    oursEnd: ours.afterEnd + (end - ours.beforeEnd),
    theirsStart: theirs.afterStart - (theirs.beforeStart - start),
    theirsEnd: theirs.afterEnd + (end - theirs.beforeEnd),
  }
}

function isSameEdit(sides: ThreeSides, ours: Edit, theirs: Edit): boolean {
  const count = ours.afterEnd - ours.afterStart
  if (ours.beforeStart !== theirs.beforeStart || ours.beforeEnd !== theirs.beforeEnd) return false
  if (count !== theirs.afterEnd - theirs.afterStart) return false
  for (let line = 0; line < count; line++) {
    if (sides.ours[ours.afterStart + line] !== sides.theirs[theirs.afterStart + line]) return false
  }
  return true
}

/** Makes one region of those that overlap or touch; of two kinds it makes a conflict. */
function joinTouching(regions: readonly MergeRegion[]): MergeRegion[] {
  const joined: MergeRegion[] = []
  for (const region of regions) {
    const last = joined.at(-1)
    if (last === undefined || (region.oursStart > last.oursEnd && region.theirsStart > last.theirsEnd)) joined.push({ ...region })
    else joined[joined.length - 1] = join(last, region)
  }
  return joined
}

function join(first: MergeRegion, second: MergeRegion): MergeRegion {
  return {
    from: first.from === second.from ? first.from : 'both',
    oursStart: first.oursStart,
    oursEnd: second.oursEnd,
    theirsStart: first.theirsStart,
    theirsEnd: second.theirsEnd,
  }
}

/** Cuts a conflict down to the lines in which the two sides differ; none are left when they are equal. */
function refine(region: MergeRegion, { ours, theirs }: ThreeSides): MergeRegion[] {
  if (region.oursStart === region.oursEnd || region.theirsStart === region.theirsEnd) return [region]
  const left = ours.subarray(region.oursStart, region.oursEnd)
  const right = theirs.subarray(region.theirsStart, region.theirsEnd)
  return editScript(left, right).map((edit) => ({
    from: 'both',
    oursStart: region.oursStart + edit.beforeStart,
    oursEnd: region.oursStart + edit.beforeEnd,
    theirsStart: region.theirsStart + edit.afterStart,
    theirsEnd: region.theirsStart + edit.afterEnd,
  }))
}

function joinNearConflicts(regions: readonly MergeRegion[], sides: ThreeSides): MergeRegion[] {
  const joined: MergeRegion[] = []
  for (const region of regions) {
    const last = joined.at(-1)
    if (last?.from === 'both' && region.from === 'both' && isNear(last.oursEnd, region.oursStart, sides)) joined[joined.length - 1] = join(last, region)
    else joined.push(region)
  }
  return joined
}

function isNear(start: number, end: number, sides: ThreeSides): boolean {
  return end - start <= JOIN_DISTANCE_LINES || !sides.oursHasWords(start, end)
}
