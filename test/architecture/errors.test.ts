import { describe, expect, it } from 'vitest'
import { ERROR_KINDS, EXIT_CODES, type ErrorCode } from '../../src/base/errors.js'
import { filesBelow, textOf } from './sources.js'

const codes = Object.keys(ERROR_KINDS) as ErrorCode[]
const page = textOf('docs/errors.md')

/** Codes that nobody throws by name, with the reason. */
const NOT_THROWN: { readonly [code: string]: string } = { INTERNAL: 'what is thrown without a code is reported as it' }

describe('every code of an error', () => {
  it('has one heading in docs/errors.md, below its exit code, and no other has', () => {
    const headings: [code: string, exit: number][] = []
    let exit = 0
    for (const line of page.split('\n')) {
      exit = Number(/^## .*\(exit (\d+)\)$/.exec(line)?.[1] ?? exit)
      const code = /^### ([A-Z_]+)$/.exec(line)?.[1]
      if (code !== undefined) headings.push([code, exit])
    }
    expect(headings.map(([code]) => code).sort()).toEqual([...codes].sort())
    for (const [code, below] of headings) expect(below, code).toBe(EXIT_CODES[ERROR_KINDS[code as ErrorCode]])
  })

  it('says there which data it has and what to do', () => {
    for (const section of page.split(/^### /m).slice(1)) {
      const code = section.slice(0, section.indexOf('\n'))
      expect(section, code).toMatch(/\*\*Data:\*\*/)
      expect(section, code).toMatch(/\*\*What to do:\*\*/)
    }
  })

  it('has the data there that it has in the table', () => {
    const table = textOf('src/base/errors.ts')
    for (const code of codes) {
      const fields = [...(new RegExp(`^  ${code}: \\{ (.*) \\}$`, 'm').exec(table)?.[1] ?? '').matchAll(/(\w+)\??:/g)].map(([, field]) => field as string)
      const section = page.slice(page.indexOf(`### ${code}\n`)).split('\n')[1] ?? ''
      for (const field of fields) expect(section, `${code}.${field}`).toContain(`\`${field}\``)
    }
  })

  it('is thrown somewhere', () => {
    const source = filesBelow('src').filter((file) => file !== 'src/base/errors.ts').map(textOf).join('\n')
    expect(codes.filter((code) => !source.includes(`'${code}'`) && NOT_THROWN[code] === undefined)).toEqual([])
  })

  it('is raised by a test', () => {
    const tests = filesBelow('test').filter((file) => file.endsWith('.test.ts') && !file.startsWith('test/architecture/')).map(textOf).join('\n')
    expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([])
  })
})
