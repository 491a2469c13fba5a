/**
 * Tables by keyed sums, whose size need be no power of two: one that grows by half wastes less memory than one that doubles, which counts where there
 * are millions of places.
 */
const SUM_RANGE = 2 ** 32

/** Returns the place where the search for a sum begins, by its lower half. */
export function firstPlace(lo: number, places: number): number {
  return Math.floor(lo * (places / SUM_RANGE))
}

/** Tells whether so many take more than four fifths of the places: beyond that searches become long. */
export function isCrowded(size: number, places: number): boolean {
  return size * 5 > places * 4
}

/** Returns how many places a table gets that has become crowded. */
export function grownPlaces(places: number): number {
  return Math.ceil(places * 1.5)
}

/** Returns how many places so many take. */
export function placesFor(size: number): number {
  return Math.ceil(size * 1.25)
}
