import { expect, it } from 'vitest'
import { parseAmount } from '../../../src/cli/words/amount.js'

it.each([
  ['12', undefined, 12], ['-3', undefined, -3], ['1.5', undefined, 1.5], ['64K', 'bytes', 65_536], ['8MiB', 'bytes', 8_388_608], ['1.5G', 'bytes', 1_610_612_736],
  ['500ms', 'ms', 500], ['2s', 'ms', 2_000], ['5m', 'ms', 300_000], ['1h', 'ms', 3_600_000], ['7', 'bytes', 7],
  ['', undefined, undefined], ['x', undefined, undefined], ['1x', 'bytes', undefined], ['1e5', undefined, undefined], ['0x10', undefined, undefined], ['5 ', undefined, undefined], ['2s', 'bytes', undefined], ['7', 'tokens', 7],
])('reads %j of %s as %s', (word, unit, amount) => {
  expect(parseAmount(word, unit)).toBe(amount)
})
