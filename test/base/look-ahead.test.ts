import { expect, test } from 'vitest'
import { lookAhead, workAhead } from '../../src/base/look-ahead.js'

async function* numbers(count: number): AsyncIterable<number> {
  for (let number = 0; number < count; number++) yield await Promise.resolve(number)
}

test('starts so many before their turn and keeps the order', async () => {
  let running = 0
  let most = 0
  const results: number[] = []
  const work = async (number: number): Promise<number> => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 3 - number % 3))
    running--
    return number
  }
  for await (const number of lookAhead(numbers(20), 4, work)) results.push(number)
  expect(results).toEqual(Array.from({ length: 20 }, (_, number) => number))
  expect(most).toBe(4)
})

test('an error comes in its turn, and those after it stay quiet', async () => {
  const results: number[] = []
  const run = async (): Promise<void> => {
    for await (const number of lookAhead(numbers(9), 5, (number) => number > 1 ? Promise.reject(new Error(String(number))) : Promise.resolve(number))) results.push(number)
  }
  await expect(run()).rejects.toThrow('2')
  expect(results).toEqual([0, 1])
})

test('works on all of them, the next one beginning before the last has ended', async () => {
  const begun: number[] = []
  const ended: number[] = []
  await workAhead(numbers(5), 2, async (number) => {
    expect(ended.length).toBeGreaterThanOrEqual(number - 1)
    begun.push(number)
    await new Promise((resolve) => setTimeout(resolve, 1))
    ended.push(number)
  })
  expect([begun, ended]).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]])
  await expect(workAhead(numbers(5), 2, (number) => number === 3 ? Promise.reject(new Error('3')) : Promise.resolve())).rejects.toThrow('3')
})
