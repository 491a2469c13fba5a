/** Every bound of the format and the program, with its unit in the name. The spec pages explain each. */

/** No object is larger, and a file above it is cut into chunks of it. */
export const OBJECT_MAX_BYTES = 1_048_576
export const CHUNK_BYTES = 1_048_576
/** A body value above this becomes a link to its own file. */
export const BODY_VALUE_INLINE_MAX_BYTES = 65_536
/** A tree above either is split into leaves. */
export const TREE_MAX_ENTRIES = 1_024
export const TREE_MAX_BYTES = 262_144
/** Nesting of arrays, maps and tags that the decoder follows. */
export const CBOR_MAX_DEPTH = 128
/** What is written in one synced batch while contents go ahead of their ATOM. */
export const BATCH_MAX_BYTES = 8_388_608
export const SALT_BYTES = 16
export const STORE_ID_BYTES = 16
export const REQUEST_ID_BYTES = 16
/** Times run from 0000-01-01 to 9999-12-31, so that each has an RFC 3339 text. */
export const TIME_MIN_MS = -62_167_219_200_000
export const TIME_MAX_MS = 253_402_300_799_999
/** An atom id from elsewhere with a greater number takes none here: a number has at most 11 digits, and the day must go on. */
export const TAKEN_NUMBER_MAX = 99_999_999
export const PATH_MAX_BYTES = 4_096
export const NAME_MAX_BYTES = 1_024
export const LOCK_TIMEOUT_DEFAULT_MS = 10_000
