import { describe, expect, it } from 'vitest'
import { tomlKeyEnd, tomlValueEnd } from '../../../../src/history/content/structured/toml-scan.js'

describe('tomlKeyEnd', () => {
  it('passes over quotes', () => {
    expect(tomlKeyEnd('"a=b".c = 1', 0)).toBe(8)
    expect(tomlKeyEnd("'a]'] ", 0)).toBe(4)
  })
})

describe('tomlValueEnd', () => {
  it('ends before the comment, and behind brackets and long strings', () => {
    expect(tomlValueEnd('1  # c\n', 0)).toBe(1)
    expect(tomlValueEnd('[1, # ]\n "]"\n] # c\n', 0)).toBe(14)
    expect(tomlValueEnd("'''a\n'''''\nb", 0)).toBe(10)
    expect(tomlValueEnd('"\\"#"#', 0)).toBe(5)
  })
})
