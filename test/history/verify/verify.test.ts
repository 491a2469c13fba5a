import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { verifyStore, type VerifyOptions } from '../../../src/history/verify/verify.js'
import type { RecordReader } from '../../../src/store/types.js'
import { createCountingRandom, makeSample } from './sample-store.js'

const verify = (records: RecordReader, options?: VerifyOptions): ReturnType<typeof verifyStore> => (
  verifyStore({ records, random: createCountingRandom(), reporter: silentReporter, signal: new AbortController().signal }, options)
)

describe('verifyStore', () => {
  it('finds nothing wrong with what was recorded, and says what it cannot prove', async () => {
    const { store } = await makeSample(undefined, { names: 1_500 })
    const result = await verify(store)
    expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    console.log(result)
    expect(result.ok).toBe(true)
  })
})
