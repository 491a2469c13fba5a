import { afterEach, describe, expect, it, vi } from 'vitest'
import { boundHeap } from '../../src/cli/heap.js'

const set = vi.fn()

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('boundHeap', () => {
  it('sets the heap of a command that lasts, and leaves that of a short one as it is', () => {
    vi.useFakeTimers()
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ setFlagsFromString: set } as never)
    boundHeap()[Symbol.dispose]()
    vi.advanceTimersByTime(10_000)
    expect(set).not.toHaveBeenCalled()
    using _ = boundHeap()
    vi.advanceTimersByTime(10_000)
    expect(set.mock.calls).toEqual([[expect.stringMatching(/^--heap-growing-percent=\d+$/)]])
  })
})
