import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('`npx .` finds the program: of several bins npm takes the one that is called like the package', () => {
  const { name, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string; readonly bin: Readonly<Record<string, string>> }
  expect(bin[name]).toBe(bin['atom'])
  expect(bin['atom']).toBe('bin/atom.js')
})
