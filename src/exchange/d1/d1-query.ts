/**
 * How the D1 remote asks its database: over Cloudflare's REST API (`rest-query.ts`), or from inside a Worker (`binding-query.ts`).
 *
 * All parameters are texts, most of them JSON that the statement reads with `json_each`: so one statement carries any number of rows and never more than three
 * parameters, and no byte array or wide integer crosses JSON.
 */

export interface D1Statement {
  readonly sql: string
  /** For `?1`, `?2`, … */
  readonly params: readonly string[]
}

/** By column. Whatever comes back is as little to be trusted as anything that a remote gives. */
export interface D1Row { readonly [column: string]: unknown }

export interface D1Query {
  /** How messages call the database: never with a token. */
  readonly location: string
  /**
   * Runs statements in order and returns the rows of each. Cloudflare makes one transaction of them; what MUST be all or nothing is one statement all the same. They MAY be
   * run twice, when an answer was lost. `left` aborts when nobody wants the answer any more. Throws `REMOTE_UNREACHABLE`, `REMOTE_AUTH`, `REMOTE_REFUSED`.
   */
  run(statements: readonly D1Statement[], left?: AbortSignal): Promise<readonly (readonly D1Row[])[]>
}

// What D1 bears, each with a margin. Cloudflare: 2,000,000 bytes for a text, a value or a row; 100,000 for the text of a statement; 100 parameters; 30 s for a batch.

/** The JSON of one parameter. The largest object is 1,398,104 characters of base64. */
export const PARAM_MAX_BYTES = 1_800_000
/** What a text column of `atom_trail_remote` may have, as JSON; five of them fit into one row and one parameter. */
export const TEXT_MAX_BYTES = 262_144
/** Bytes of objects that one answer gives, with up to one object more. */
export const PAGE_BYTES = 4_194_304
/** Rows that one page looks at. */
export const PAGE_ROWS = 8_192
/** A page in base64, with ids, kinds and names: no honest answer is longer. */
export const ANSWER_MAX_BYTES = 16_777_216
