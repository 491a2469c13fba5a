import { expect, it } from 'vitest'
import { sectionValue } from '../../../../src/history/content/structured/section-value.js'

it('reads the meanings out of a tree', () => {
  const leaf = (key: string, meaning: string) => ({ key, lead: '', head: '', value: { is: 'leaf', text: '?', meaning }, tail: '' }) as const
  const inner = { is: 'section', open: '', entries: [leaf('b', '[1]')], close: '' } as const
  const value = sectionValue({ is: 'section', open: '', entries: [leaf('a', '1'), { ...leaf('c', ''), value: inner }], close: '' })
  expect(value).toEqual({ a: '1', c: { b: ['[1]'] } })
})
