import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/base/bytes.js'
import { encodePacket, FLUSH, packets } from '../../src/git/pkt-line.js'
import { encodeCommands, isMoved, readReport } from '../../src/git/receive-pack.js'

const [A, B, NOTHING] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)]

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

describe('what a push says to receive-pack', () => {
  it('is a line for each ref, the first with what we understand, then the end of the list', async () => {
    const lines = []
    for await (const packet of packets(inOne(encodeCommands([{ ref: 'refs/heads/é', expected: undefined, next: A }, { ref: 'refs/heads/b', expected: A, next: B }, { ref: 'refs/heads/c', expected: B, next: undefined }])))) lines.push(packet === 'flush' ? packet : new TextDecoder().decode(packet))
    expect(lines).toEqual([`${NOTHING} ${A} refs/heads/é\0 report-status delete-refs agent=git/atom\n`, `${A} ${B} refs/heads/b\n`, `${B} ${NOTHING} refs/heads/c\n`, 'flush'])
  })
})

describe('what receive-pack reports', () => {
  const read = (...lines: readonly string[]): ReturnType<typeof readReport> => readReport(packets(inOne(concatBytes([...lines.map(encodePacket), FLUSH]))))

  it('is read ref by ref', async () => {
    const { packRefused, refs } = await read('unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b failed to update ref\n', 'what it says besides\n')
    expect(packRefused).toBeUndefined()
    expect([...refs]).toEqual([['refs/heads/a', 'done'], ['refs/heads/b', { refused: 'failed to update ref' }]])
  })

  it('says why the pack was not taken', async () => {
    expect((await read(`unpack ${'x'.repeat(300)}\n`)).packRefused).toBe('x'.repeat(200))
  })

  it.each([['failed to update ref', true], ['stale info', true], ['branch is currently checked out', false], ['missing necessary objects', false], ['pre-receive hook declined', false], ['deletion prohibited', false]])('tells whether something else was there: %s', (reason, moved) => {
    expect(isMoved(reason)).toBe(moved)
  })
})
