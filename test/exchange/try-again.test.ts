import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/base/ports.js'
import { unreachable } from '../../src/exchange/remote-errors.js'
import { patiently, TryAgain, type Patience } from '../../src/exchange/try-again.js'

const patience: Patience = { signal: new AbortController().signal, reporter: silentReporter, location: 'far', firstWaitMs: 1 }
const lost = unreachable('far', 'lost')

describe('trying again', () => {
  it('ends with the first that goes well, and says which attempt it is', async () => {
    const attempts: number[] = []
    expect(await patiently(async (attempt) => {
      attempts.push(attempt)
      if (attempt < 3) throw new TryAgain(lost)
      return 'done'
    }, patience)).toBe('done')
    expect(attempts).toEqual([1, 2, 3])
  })

  it('ends with the error itself after six', async () => {
    let count = 0
    await expect(patiently(async () => {
      count++
      throw new TryAgain(lost)
    }, patience)).rejects.toBe(lost)
    expect(count).toBe(6)
  })

  it.each([new TypeError('a mistake'), unreachable('far', 'for good')])('does not repeat what is no such error: %s', async (error) => {
    let count = 0
    await expect(patiently(async () => {
      count++
      throw error
    }, patience)).rejects.toBe(error)
    expect(count).toBe(1)
  })

  it('is over as soon as it is stopped', async () => {
    const abort = new AbortController()
    await expect(patiently(async () => {
      setTimeout(() => { abort.abort(new Error('stop')) }, 5)
      throw new TryAgain(lost, 60_000)
    }, { ...patience, signal: abort.signal })).rejects.toThrow('stop')
  })
})
