const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  bytes: { '': 1, b: 1, k: 1_024, kib: 1_024, m: 1_048_576, mib: 1_048_576, g: 1_073_741_824, gib: 1_073_741_824 },
  ms: { '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
}

/** Returns the number that a word says in the unit: `64K` of bytes is 65536, `2s` of ms is 2000. Undefined when it says none. */
export function parseAmount(word: string, unit?: string): number | undefined {
  const [, digits, suffix = ''] = /^([+-]?\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(word) ?? []
  if (digits === undefined) return undefined
  const factor = (unit === undefined ? undefined : UNITS[unit])?.[suffix.toLowerCase()] ?? (suffix === '' ? 1 : undefined)
  return factor === undefined ? undefined : Number(digits) * factor
}
