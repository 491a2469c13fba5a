import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createObjectBatch, type ObjectBatch } from '../../src/git/object-batch.js'

interface FakeGit { readonly batch: ObjectBatch; readonly asked: string[]; say(text: string | Uint8Array): void; end(): void }

/** A `git cat-file --batch` that says what a test has it say. */
function aGit(): FakeGit {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const asked: string[] = []
  stdin.on('data', (chunk: Buffer) => { asked.push(chunk.toString()) })
  const batch = createObjectBatch({ stdin, stdout } as unknown as ChildProcessWithoutNullStreams, () => new Error('git ended'))
  return { batch, asked, say: (text) => { stdout.write(text) }, end: () => { stdout.end() } }
}
const pause = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5) })
const A = 'a'.repeat(40)
const B = 'b'.repeat(40)

describe('asking git for objects', () => {
  it('goes out in one write, and is answered in order, however the answers are cut', async () => {
    const { batch, asked, say } = aGit()
    const answers = Promise.all([batch.request(A), batch.request(B), batch.request(A)])
    await pause()
    expect(asked).toEqual([`${A}\n${B}\n${A}\n`])
    for (const byte of Buffer.from(`${A} blob 5\none\n2\n${B} missing\n${A} commit 0\n\n`)) say(Uint8Array.of(byte))
    expect((await answers).map((object) => object && [object.type, Buffer.from(object.bytes).toString()])).toEqual([['blob', 'one\n2'], undefined, ['commit', '']])
  })

  it('hands bytes to a taker part by part, waiting for it', async () => {
    const { batch, say } = aGit()
    const parts: string[] = []
    const taken = batch.request(A, async (bytes) => {
      const text = Buffer.from(bytes).toString()
      await pause()
      parts.push(text)
    })
    say(`${A} blob 6\nabc`)
    await pause()
    say('def\n')
    expect([(await taken)?.bytes.length, parts]).toEqual([0, ['abc', 'def']])
  })

  it('fails what waits, and what comes after, when git ends or a taker fails', async () => {
    const { batch, say, end } = aGit()
    const [first, second] = [batch.request(A), batch.request(B)]
    const settled = Promise.allSettled([first, second])
    say(`${A} blob 10\nhalf`)
    end()
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(batch.request(A)).rejects.toThrow('git ended')
    const other = aGit()
    const failing = other.batch.request(A, () => Promise.reject(new RangeError('disk full')))
    other.say(`${A} blob 1\nx\n`)
    await expect(failing).rejects.toThrow('disk full')
  })
})
