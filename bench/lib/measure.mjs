/** Medians and ratios of things measured in turn: A B A B …, so that a machine that slows down slows both. */

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs all subjects once per round, in turn; returns the times of each by name, in ms. The first round is not counted. */
export async function interleave(subjects, rounds) {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const start = performance.now()
      // What a run returns instead of nothing is its own time.
      const own = await run(round)
      if (round > 0) times[name].push(own ?? performance.now() - start)
    }
  }
  return times
}

/** Returns the median of the ratios pair by pair. */
export function ratio(left, right) {
  return median(left.map((value, index) => value / right[index]))
}

export async function timeMs(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}
