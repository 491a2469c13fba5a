import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createPlaces } from '../../../src/exchange/worktree/places.js'
import { createTargetPlaces } from '../../../src/exchange/worktree/target.js'
import { aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

it('puts every scope into one folder, and keeps the names of the inner ones free', () => {
  const bench = aBench()
  const options = { root: bench.root, home: bench.home, cwd: bench.root, storeFolder: join(bench.root, '.atom') }
  const places = createTargetPlaces(createPlaces(options), options, '~/out')
  expect(places.getPlace('project/a')).toMatchObject({ folder: join(bench.home, 'out'), segments: ['a'] })
  expect(places.getPlace('home/x')).toMatchObject({ segments: ['.atom-home', 'x'] })
  expect(places.getPlace('system/etc/y')).toMatchObject({ segments: ['.atom-system', 'etc', 'y'] })
  expect(places.getPlace('other/z')).toBeUndefined()
  const problem = (path: string): string | undefined => {
    const place = places.getPlace(path)
    return place && places.getProtection(place)
  }
  expect(problem('project/.atom-home/x')).toBeDefined()
  expect(problem('home/.atom/x')).toBeDefined()
  expect(problem('home/x')).toBeUndefined()
})
