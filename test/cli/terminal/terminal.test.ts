import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isTerminal, wantsColor, writeNow } from '../../../src/cli/terminal/terminal.js'

const COLOR = { color: true }

describe('terminal', () => {
  it('decides on colours: the flag, FORCE_COLOR, NO_COLOR, TERM, the terminal', () => {
    expect(wantsColor({ FORCE_COLOR: '1' }, { color: false }, true)).toBe(false)
    expect(wantsColor({ FORCE_COLOR: '1', NO_COLOR: '1' }, COLOR, false)).toBe(true)
    expect(wantsColor({ NO_COLOR: '1' }, COLOR, true)).toBe(false)
    expect(wantsColor({ NO_COLOR: '', TERM: 'xterm' }, COLOR, true)).toBe(true)
    expect(wantsColor({ TERM: 'dumb' }, COLOR, true)).toBe(false)
    expect(wantsColor({}, COLOR, false)).toBe(false)
  })

  it('sees that files, the null device and closed descriptors are none', () => {
    const nothing = openSync('/dev/null', 'w')
    expect(isTerminal(nothing)).toBe(false)
    closeSync(nothing)
    expect(isTerminal(nothing)).toBe(false)
  })

  it('writes all of it at once to a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'atom-terminal-'))
    const file = openSync(join(folder, 'f'), 'w')
    expect(writeNow(file, new Uint8Array(100_000).fill(97))).toHaveLength(0)
    closeSync(file)
    expect(readFileSync(join(folder, 'f'))).toHaveLength(100_000)
    rmSync(folder, { recursive: true })
  })
})
