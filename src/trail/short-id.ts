const FEWEST_DIGITS = 7

/** Returns how many hex digits tell apart the ids of so many ATOMs, as git reckons it: 7 for thousands, 10 or 11 for a million. */
export function shortIdDigits(atoms: number): number {
  const bits = atoms < 1 ? 0 : Math.floor(Math.log2(atoms)) + 1
  return Math.max(FEWEST_DIGITS, Math.ceil(bits / 2))
}
