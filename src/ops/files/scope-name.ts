import { oneOf, type Check } from '../check.js'
import type { Scope } from '../ports.js'
import type { Repo } from '../repo.js'

/** Checks the name of a scope that needs leave. The project's own needs none. */
export const scopeName: Check<Scope> = oneOf('home', 'system')

/** Returns the scopes that may be written: those asked for with `--scope`, and those that the user's own configuration always allows. */
export function allowedScopes(repo: Pick<Repo, 'identity'>, asked: readonly Scope[]): readonly Scope[] {
  return [...asked, ...repo.identity.scopes ?? []]
}
