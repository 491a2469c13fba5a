import { expect, it } from 'vitest'
import { filesBelow, textOf } from './sources.js'

const LINES_MAX = 300

it('a source has at most 300 lines, unless its first comment says why it is one file', () => {
  const long = filesBelow('src').filter((file) => textOf(file).split('\n').length - 1 > LINES_MAX)
  expect(long.filter((file) => !/^\/\*\*[\s\S]*?\bone file\b[\s\S]*?\*\//.test(textOf(file)))).toEqual([])
})

it('a source opens with a comment that says what it is, unless it is a list of names', () => {
  expect(filesBelow('src').filter((file) => {
    const text = textOf(file)
    return text.split('\n').length > 150 && !/^(?:import type [^\n]*\n|import [^\n]*\n|\n)*\/\*\*/.test(text)
  })).toEqual([])
})
