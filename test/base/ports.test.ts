import { expect, it } from 'vitest'
import { silentReporter } from '../../src/base/ports.js'

it('the silent reporter takes everything and says nothing', () => {
  expect([silentReporter.warn('x'), silentReporter.progress('x', 1), silentReporter.progress('x', 1, 2)]).toEqual([undefined, undefined, undefined])
})
