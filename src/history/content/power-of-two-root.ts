/** Returns a power of two of the size of the square root of `n`, never below it: the measure that git bounds its search with. */
export function powerOfTwoRoot(n: number): number {
  let root = 1
  for (let rest = n; rest > 0; rest >>>= 2) root *= 2
  return root
}
