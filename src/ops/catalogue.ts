/** Every use case by name, loaded when asked for: what a process that has the store can do for others. */
import type { Operation } from './operation.js'

type AnyOperation = Operation<unknown, unknown>

/** To add a use case: one line, its name and where it is. Streams and results MUST be plain data (`app/owner/wire.ts` says what that is). */
const LOADERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'add': async () => (await import('./add.js')).add,
}

/** Returns the names of all use cases that can be handed over, sorted. */
export function operationNames(): readonly string[] {
  return Object.keys(LOADERS).sort()
}

export async function findOperation(name: string): Promise<AnyOperation | undefined> {
  return Object.hasOwn(LOADERS, name) ? await LOADERS[name]?.() as AnyOperation : undefined
}
