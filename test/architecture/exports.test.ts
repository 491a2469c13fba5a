import { expect, it } from 'vitest'
import * as library from '../../src/index.js'

it('the library offers these names: adding one is minor, taking one away is major', () => {
  expect(Object.keys(library).sort()).toMatchSnapshot()
})
