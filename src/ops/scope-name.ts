import { oneOf, type Check } from './check.js'
import type { Scope } from './ports.js'

/** Checks the name of a scope that needs leave. The project's own needs none. */
export const scopeName: Check<Scope> = oneOf('home', 'system')
