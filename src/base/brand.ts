declare const brand: unique symbol

/** A value that only a parser or `seal` may make: text that is known to be an id is not just any text. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name }
