import { describe, expect, it } from 'vitest'
import type { RunOperation } from '../../src/cli/host.js'
import { runInProcess } from '../helpers/cli.js'
import { addCommand, logCommand, runCommand, type Entry } from './sample.js'

async function* stream(...entries: Entry[]): AsyncIterable<Entry> {
  for (const entry of entries) {
    await Promise.resolve()
    yield entry
  }
}
/** An app that answers with a constant and remembers the input. */
function answering(answer: Entry | AsyncIterable<Entry>): { readonly runOperation: RunOperation; readonly inputs: unknown[] } {
  const inputs: unknown[] = []
  const runOperation: RunOperation = (_operation, input) => {
    inputs.push(input)
    return Promise.resolve(answer as never)
  }
  return { runOperation, inputs }
}
const ONE: Entry = { id: 'a1', title: 'first' }

describe('running a declared command', () => {
  it('turns words to input and the result to lines and a note', async () => {
    const app = answering(ONE)
    expect(await runInProcess(logCommand, ['main', '-2', '--', 'p'], app)).toEqual({ stdout: 'a1 first\n', stderr: 'noted a1\n', exitCode: 0 })
    expect(app.inputs).toMatchObject([{ revs: ['main'], limit: 2, paths: ['p'] }])
  })

  it('prints JSON instead, without notes', async () => {
    expect(await runInProcess(logCommand, ['--json'], answering(ONE))).toEqual({ stdout: '{"object":"a1","title":"first"}\n', stderr: '', exitCode: 0 })
  })

  it('prints a stream item by item and keeps the worst exit code', async () => {
    const items = () => answering(stream(ONE, { id: 'b2', title: 'bad' }, { id: 'c3', title: 'last' }))
    expect(await runInProcess(logCommand, ['-q'], items())).toEqual({ stdout: 'a1 first\nb2 bad\nc3 last\n', stderr: '', exitCode: 1 })
    const json = await runInProcess(logCommand, ['--json'], items())
    expect(json.stdout.trim().split('\n').map((line) => (JSON.parse(line) as { object: string }).object)).toEqual(['a1', 'b2', 'c3'])
  })

  it('returns the code of a performed command', async () => {
    expect((await runInProcess(runCommand, ['x'])).exitCode).toBe(1)
    expect((await runInProcess(addCommand, ['CFG', 'x', '--reason', 'y'])).stdout).toBe('{"type":"CFG","title":"x","reason":"y"}\n')
  })

  it('closes the stream when the reader fails', async () => {
    let closed = false
    async function* endless(): AsyncIterable<Entry> {
      try {
        for (;;) {
          await Promise.resolve()
          yield ONE
        }
      } finally {
        closed = true
      }
    }
    const failing = { ...logCommand, execute: (host: Parameters<NonNullable<typeof logCommand.execute>>[0], parsed: Parameters<NonNullable<typeof logCommand.execute>>[1]) => logCommand.execute?.({ ...host, output: { ...host.output, line: () => { throw new Error('gone') } } }, parsed) ?? Promise.resolve(0) }
    await expect(runInProcess(failing, [], answering(endless()))).rejects.toThrow('gone')
    expect(closed).toBe(true)
  })
})
