/** What every use case that writes files takes. */
import { flag, listOf, oneOf, optional, type Check } from '../check.js'
import type { LayoutWish } from './integrate.js'
import type { Scope } from '../ports.js'

type WishInput = { readonly [Key in keyof LayoutWish]?: LayoutWish[Key] | undefined }

export const wishChecks: { readonly [Key in keyof LayoutWish]: Check<LayoutWish[Key] | undefined> } = {
  scopes: optional(listOf(oneOf<Scope>('project', 'home', 'system'))),
  force: optional(flag),
  dryRun: optional(flag),
}

export function wishOf({ scopes = [], force = false, dryRun = false }: WishInput): LayoutWish {
  return { scopes, force, dryRun }
}

export type { WishInput }
