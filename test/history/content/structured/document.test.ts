import { describe, expect, it } from 'vitest'
import { hasRepeatedKey, renderEntry, renderSection } from '../../../../src/history/content/structured/document.js'
import type { Entry } from '../../../../src/history/content/structured/document.js'

const entry = (key: string): Entry => ({ key, lead: ' ', head: `${key}:`, value: { is: 'leaf', text: '1', meaning: '1' }, tail: ';' })

describe('a document', () => {
  it('renders its parts in order, with separators between entries', () => {
    expect(renderEntry(entry('a'), ',')).toBe(' a:1;')
    expect(renderSection({ is: 'section', open: '{', entries: [entry('a'), entry('b')], close: '}' }, ',')).toBe('{ a:1;, b:1;}')
    expect(renderSection({ is: 'section', open: '', entries: [{ ...entry('a'), conflict: true }, entry('b')], close: '' }, ',')).toBe(' a:1; b:1;')
  })

  it('knows a repeated key', () => {
    expect(hasRepeatedKey({ is: 'section', open: '', entries: [entry('a'), entry('a')], close: '' })).toBe(true)
  })
})
