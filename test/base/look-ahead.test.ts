import { expect, test } from 'vitest'
import { lookAhead } from '../../src/base/look-ahead.js'

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
