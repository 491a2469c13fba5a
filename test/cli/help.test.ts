import { describe, expect, it } from 'vitest'
import { commandHelpLines, helpLines } from '../../src/cli/help.js'
import { formatSpans, type Line } from '../../src/cli/terminal/output.js'
import { SAMPLE } from './sample.js'

const textOf = (lines: readonly Line[]): string => lines.map((line) => ('bytes' in line ? '' : formatSpans(line, false))).join('\n')

describe('help', () => {
  it('groups the commands', () => {
    const text = textOf(helpLines(SAMPLE))
    expect(text).toMatch(/\nrecord\n {2}add +Record an ATOM\n {2}run +Run a command and record it\n/)
    expect(text).toContain('status, st')
    expect(text).toContain('search for the break')
    expect(text).toMatch(/examples\n {2}atom add DECISION/)
  })

  it('shows one command with usage, options and examples', async () => {
    const [log, bisect] = await Promise.all(['log', 'bisect'].map(async (name) => SAMPLE.find((entry) => entry.name === name)?.load()))
    if (log === undefined || bisect === undefined) throw new TypeError('no sample')
    expect(textOf(commandHelpLines(log, 'log'))).toMatchInlineSnapshot(`
      "usage: atom log [options] [REV…] [-- PATH…]

      Show the trail.

      options
        -n, --limit N         Show at most N
            --agent AGENT     Only those of this agent (repeatable, or separated by ,)
            --oneline         One line each
            --format FORMAT   How to show each (mermaid, dot)
            --stat[=WIDTH]    Say what changed
            --meta KEY=VALUE  Only those with this metadata (repeatable)
            --size SIZE       At most this large (in bytes)
            --cost USD        At most this dear
            --[no-]follow     Follow renames

      examples
        atom log -3
            the last three"
    `)
    expect(textOf(commandHelpLines(bisect, 'bisect'))).toMatchInlineSnapshot(`
      "usage: atom bisect [COMMAND]

      Find the first bad ATOM.

      commands
        start  Start the search
        log    Show the search

      examples
        atom bisect start
            begin"
    `)
    const start = await bisect.subcommands[0]?.load()
    if (start === undefined) throw new TypeError('no sample')
    expect(textOf(commandHelpLines(start, 'bisect start'))).toMatch(/^usage: atom bisect start \[BAD\] \[GOOD…\]\n/)
  })
})
