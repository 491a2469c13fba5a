/** Remembers what was made for a key. When it is full the older half goes: cheap, and what is used stays. */
export interface BoundedCache<Key, Value> {
  /** Returns the value of a key, made where it is not remembered. */
  get(key: Key, make: () => Value): Value
  peek(key: Key): Value | undefined
  set(key: Key, value: Value): void
  /** Counts more for what was last made, where its size was not known then. */
  charge(weight: number): void
}

export interface BoundedCacheOptions<Value> {
  /** Sum of the weights that are kept at most. */
  readonly limit: number
  /** Default: each value weighs 1. */
  readonly weigh?: (value: Value) => number
}

export function createBoundedCache<Key, Value>({ limit, weigh = () => 1 }: BoundedCacheOptions<Value>): BoundedCache<Key, Value> {
  let fresh = new Map<Key, Value>()
  let older = new Map<Key, Value>()
  let weight = 0
  const set = (key: Key, value: Value): void => {
    if (weight >= limit / 2) {
      older = fresh
      fresh = new Map()
      weight = 0
    }
    fresh.set(key, value)
    weight += weigh(value)
  }
  const peek = (key: Key): Value | undefined => {
    const known = fresh.get(key)
    if (known !== undefined) return known
    const old = older.get(key)
    if (old !== undefined) set(key, old)
    return old
  }
  return {
    peek,
    set,
    get(key, make) {
      const known = peek(key)
      if (known !== undefined) return known
      const value = make()
      set(key, value)
      return value
    },
    charge: (more) => { weight += more },
  }
}
