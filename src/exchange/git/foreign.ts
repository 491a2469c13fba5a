/** Why a commit is somebody's own: thrown while it is judged, and never beyond that. */
export class Foreign extends Error {}

export function foreign(reason: string): never {
  throw new Foreign(reason)
}
