/** Checks of unknown input, made of small parts: no schema library on the path of `add` and `log`. */
import { AtomError } from '../base/errors.js'
import { isWellFormed } from '../base/bytes.js'

/** Returns the checked value of a field, or throws `INPUT_INVALID` that names it. */
export type Check<Value> = (value: unknown, field: string) => Value

type Shape<Input> = { readonly [Key in keyof Input]-?: Check<Input[Key]> }

/** Returns a check of a whole input: an object with known keys only, each as its check says. */
export function checkInput<Input extends object>(shape: Shape<Input>): (value: unknown) => Input {
  return (value) => record(shape)(value, 'input')
}

/** Returns a check of an object inside an input. */
export function record<Input extends object>(shape: Shape<Input>): Check<Input> {
  return (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, value, 'an object')
    for (const key of Object.keys(value)) if (!Object.hasOwn(shape, key)) throw invalid(key, undefined, 'a known field')
    const checked: { [key: string]: unknown } = {}
    for (const [key, check] of Object.entries<Check<unknown>>(shape)) {
      const result = check((value as { [key: string]: unknown })[key], key)
      if (result !== undefined) checked[key] = result
    }
    return checked as Input
  }
}

export const text: Check<string> = (value, field) => {
  if (typeof value !== 'string') throw invalid(field, value, 'a text')
  if (!isWellFormed(value)) throw invalid(field, undefined, 'well-formed Unicode (it has half of a surrogate pair)')
  return value
}

export const filledText: Check<string> = (value, field) => {
  if (text(value, field) === '') throw invalid(field, '', 'a text that is not empty')
  return value as string
}

/** Absent is false. */
export const flag: Check<boolean> = (value = false, field) => {
  if (typeof value !== 'boolean') throw invalid(field, value, 'true or false')
  return value
}

export const count: Check<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(field, value, 'a whole number, 0 or more')
  return withoutSign(value)
}

export const amount: Check<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw invalid(field, value, 'a number, 0 or more')
  return withoutSign(value)
}

/** Returns 0 for -0, which has no recorded form. */
export function withoutSign(value: number): number {
  return value === 0 ? 0 : value
}

export const bytes: Check<Uint8Array> = (value, field) => {
  if (!(value instanceof Uint8Array)) throw invalid(field, value, 'bytes')
  return value
}

export const anything: Check<unknown> = (value) => value

export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value, field) => value === undefined || value === null ? undefined : check(value, field)
}

export function listOf<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, field) => {
    if (!Array.isArray(value)) throw invalid(field, value, 'a list')
    return value.map((item) => check(item, field))
  }
}

/** Takes one value for a list of one; an absent list is empty. */
export function someOf<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, field) => value === undefined || value === null ? [] : listOf(check)(Array.isArray(value) ? value : [value], field)
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Check<Choice> {
  return (value, field) => {
    if (!choices.includes(value as Choice)) throw invalid(field, value, `one of ${choices.join(', ')}`)
    return value as Choice
  }
}

/** Returns a check that takes an absent value for this one. */
export function orElse<Value>(fallback: Value, check: Check<Value>): Check<Value> {
  return (value = fallback, field) => check(value, field)
}

export function invalid(field: string, value: unknown, wanted: string): AtomError<'INPUT_INVALID'> {
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).slice(0, 80) : undefined
  return new AtomError('INPUT_INVALID', `${field} must be ${wanted}${shown === undefined ? '' : `, not '${shown}'`}`, { data: { field, ...(shown !== undefined && { value: shown }) } })
}
