import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { loadAll } from '../../src/cli/load.js'
import { referenceText } from '../../src/cli/reference.js'
import { ROOT } from '../helpers/cli.js'
import { SAMPLE } from './sample.js'

describe('reference', () => {
  it('is what docs/cli.md says: npm run reference', async () => {
    expect(readFileSync(join(ROOT, 'docs/cli.md'), 'utf8')).toBe(referenceText(await loadAll(CATALOGUE)))
  })

  it('makes a reference of every command', async () => {
    const text = referenceText(await loadAll(SAMPLE))
    expect(text).toContain('### `atom bisect start [BAD] [GOOD…]`')
    expect(text).toContain('- `-n, --limit N`: Show at most N.')
    expect(text).toContain('atom log -3   # the last three')
  })
})
