import { describe, expect, it } from 'vitest'
import { seal } from '../../../../src/object/seal.js'
import { addUsage, createBill, responsesValue, tokensOf, type TurnUsage } from '../../../../src/ops/transfer/transcripts/transcript-bill.js'

function turn(...given: readonly (readonly [key: string, output: number, hour?: number])[]): TurnUsage {
  const usage: TurnUsage = new Map()
  for (const [key, output, hour] of given) addUsage(usage, { is: 'usage', key, model: `model ${key}`, tokens: { input: 10, output, cacheRead: 5, cacheWrite: hour ?? 0, ...(hour !== undefined && { cacheWriteHour: hour }) } })
  return usage
}

describe('the bill', () => {
  it('counts the line with the largest output of each response', () => {
    const counted = createBill().charge(turn(['a', 3], ['a', 20, 7], ['a', 20], ['a', 19], ['b', 1]))
    expect(counted.map(({ key, tokens }) => [key, tokens.output, tokens.cacheWriteHour])).toEqual([['a', 20, 7], ['b', 1, undefined]])
    expect(tokensOf(counted)).toEqual({ input: 20, output: 21, cacheRead: 10, cacheWrite: 7 })
    expect(tokensOf(counted.slice(0, 1))).toMatchObject({ model: 'model a' })
    expect(tokensOf([])).toBeUndefined()
  })

  it('charges a response once, and later only what it has more', () => {
    const bill = createBill()
    bill.charge(turn(['a', 20]))
    expect(bill.charge(turn(['a', 20], ['a', 5]))).toEqual([])
    expect(bill.charge(turn(['a', 25]))).toMatchObject([{ tokens: { input: 0, output: 5, cacheRead: 0 } }])
  })

  it('knows again what an ATOM counted, once for each ATOM', () => {
    const counted = createBill().charge(turn(['a', 20, 7]))
    const bill = createBill()
    const body = { title: 't', metadata: { responses: responsesValue(counted) } }
    for (let time = 0; time < 2; time++) bill.recall(seal(Uint8Array.of(0xa0)).id, body)
    bill.recall(seal(Uint8Array.of(0x80)).id, undefined)
    bill.recall(seal(Uint8Array.of(0xf6)).id, { title: 't', metadata: { responses: ['broken', { key: 1 }] } })
    expect(bill.charge(turn(['a', 21, 7]))).toMatchObject([{ tokens: { input: 0, output: 1, cacheWrite: 0 } }])
  })
})
