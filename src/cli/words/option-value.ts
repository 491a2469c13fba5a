/** From a word to the value of an option. What is wrong with it is thrown as `BadValue`. */
import { parseAmount } from './amount.js'
import type { OptionDeclaration, Pair } from './options.js'

/** Says what a word has to be: `it is not a number`. */
export class BadValue extends Error {}

/** Returns the value of an option that was written with this word, and earlier with others. */
export function toValue(declaration: OptionDeclaration<unknown>, word: string, earlier: unknown): unknown {
  switch (declaration.kind) {
    case 'flag':
      return true
    case 'text':
      return checkChoice(declaration, word === '' && declaration.bare !== undefined ? declaration.bare : word)
    case 'integer':
    case 'number':
      return toNumber(declaration, word)
    case 'list': {
      const words = declaration.separator === undefined ? [word] : word.split(declaration.separator).filter((part) => part !== '')
      for (const part of words) checkChoice(declaration, part)
      return [...((earlier as readonly string[] | undefined) ?? []), ...words]
    }
    case 'pairs':
      return [...((earlier as readonly Pair[] | undefined) ?? []), toPair(word)]
  }
}

function checkChoice(declaration: OptionDeclaration<unknown>, word: string): string {
  if (declaration.choices !== undefined && !declaration.choices.includes(word)) throw new BadValue(`it must be one of ${declaration.choices.join(', ')}`)
  return word
}

function toNumber(declaration: OptionDeclaration<unknown>, word: string): number {
  const amount = parseAmount(word, declaration.unit)
  if (amount === undefined) throw new BadValue('it is not a number')
  if (declaration.kind === 'integer' && !Number.isSafeInteger(amount)) throw new BadValue('it is not a whole number')
  if (declaration.min !== undefined && amount < declaration.min) throw new BadValue(`it must be at least ${declaration.min}`)
  return amount
}

function toPair(word: string): Pair {
  const at = word.indexOf('=')
  if (at < 1) throw new BadValue('it must be KEY=VALUE')
  return [word.slice(0, at), word.slice(at + 1)]
}
