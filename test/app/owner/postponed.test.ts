import { expect, it, vi } from 'vitest'
import { createPostponed } from '../../../src/app/owner/postponed.js'

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

it('is done a moment later, the last of several that were put meanwhile', async () => {
  const postponed = createPostponed()
  const done: string[] = []
  const work = (name: string) => async (): Promise<void> => { done.push(name) }
  postponed.put(work('a'))
  postponed.put(work('b'))
  await turn()
  expect(done).toEqual([])
  await vi.waitFor(() => expect(done).toEqual(['b']))
  expect(postponed.finish()).toBeUndefined()
})

it('is done when somebody must have it done, once, and after what is under way', async () => {
  const postponed = createPostponed()
  const done: string[] = []
  let release = (): void => undefined
  postponed.put(async () => {
    done.push('begun')
    await new Promise<void>((resolve) => { release = resolve })
    done.push('first')
  })
  const first = postponed.finish()
  expect(done).toEqual(['begun'])
  postponed.put(async () => { done.push('second') })
  const second = postponed.finish()
  await turn()
  expect(done).toEqual(['begun'])
  release()
  await Promise.all([first, second])
  expect(done).toEqual(['begun', 'first', 'second'])
  await turn()
  expect(done).toHaveLength(3)
})
