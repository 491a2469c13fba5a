import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { route } from '../../../src/cli/words/route.js'
import { SAMPLE } from '../sample.js'

const where = async (...argv: string[]): Promise<string> => {
  try {
    const found = await route(argv, SAMPLE)
    if (found.is === 'command') return `${found.path}: ${found.words.join(' ')}`
    return found.is === 'help' ? `help ${found.path}` : found.is
  } catch (error) {
    if (isAtomError(error, 'USAGE')) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
}

describe('route', () => {
  it('finds a command behind global flags, by name and by alias', async () => {
    expect(await where('-C', 'dir', '--json', 'log', '-3')).toBe('log: -C dir --json -3')
    expect(await where('st')).toBe('status: ')
    expect(await where('bisect', '-q', 'start', 'a')).toBe('bisect start: -q a')
    expect(await where('--branch', 'side', 'log')).toBe('log: --branch side')
    expect(await where('-Cdir', '-qv', 'log')).toBe('log: -Cdir -qv')
  })

  it('loads only the command that is named', async () => {
    const loaded: string[] = []
    const watched = SAMPLE.map((entry) => ({ ...entry, load: () => { loaded.push(entry.name); return entry.load() } }))
    await route(['log'], watched)
    expect(loaded).toEqual(['log'])
  })

  it('takes the default of a group', async () => {
    expect(await where('bisect')).toBe('bisect log: ')
    expect(await where('bisect', '--json')).toBe('bisect log: --json')
  })

  it('reads a word in capitals as a type', async () => {
    expect(await where('CFG', 'raise the limit')).toBe('add: CFG raise the limit')
    expect(await where('-q', 'MY-TYPE', 'x')).toBe('add: -q MY-TYPE x')
  })

  it('knows --version, --help and nothing at all', async () => {
    expect(await where('--version')).toBe('version')
    expect(await where('--json', '--help')).toBe('help ')
    expect(await where('bisect', '--help')).toBe('help bisect')
    expect(await where()).toBe('nothing')
    expect(await where('--json')).toBe('nothing')
  })

  it('says what was meant', async () => {
    expect(await where('staus')).toBe("'staus' is not an atom command | did you mean atom status?")
    expect(await where('frobnicate')).toBe("'frobnicate' is not an atom command | atom --help lists them")
    expect(await where('constructor')).toContain('is not an atom command')
    expect(await where('stash')).toMatch(/^atom has no 'stash' \| .*atom commit -a/)
    expect(await where('rebase')).toMatch(/atom cherry-pick/)
    expect(await where('bisect', 'strat')).toBe("atom bisect has no command 'strat' | did you mean atom bisect start?")
    expect(await where('op')).toBe('atom op needs a command | one of log')
    expect(await where('--jsn')).toBe("unknown option '--jsn' | did you mean --json?")
    expect(await where('--', 'log')).toContain("unknown option '--'")
  })
})
