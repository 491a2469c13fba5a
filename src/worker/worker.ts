/** The Cloudflare Worker: an endpoint on D1, with R2 for large contents where it is bound. `atom remote init-worker` lays it out; the README that it lays beside it says how to run it. */
import { AtomError } from '../base/errors.js'
import { openBindingQuery, type D1Binding } from '../exchange/d1/binding-query.js'
import { openD1Place } from '../exchange/d1/d1-place.js'
import type { R2Binding } from '../exchange/d1/r2-contents.js'
import { errorAnswer } from '../exchange/endpoint/answers.js'
import { createEndpoint } from '../exchange/endpoint/endpoint.js'
import { parseTokens } from '../exchange/endpoint/tokens.js'

interface Env {
  readonly DB?: D1Binding
  readonly CONTENTS?: R2Binding
  /** Entries of tokens: roles, names and hashes. */
  readonly ATOM_TOKENS?: string
}

/** Only Cloudflare's log hears of it. */
// eslint-disable-next-line no-console -- the one way to that log
const report = (error: unknown): void => { console.error(error instanceof Error ? error.stack ?? error.message : String(error)) }
const reporter = { warn: report, progress: () => undefined }

async function answer(request: Request, env: Env): Promise<Response> {
  try {
    const db = env.DB
    if (db === undefined) throw unset('there is no database bound as DB')
    const tokens = parseTokens(env.ATOM_TOKENS ?? '')
    if (tokens.length === 0) throw unset('the secret ATOM_TOKENS is not set: nobody may ask')
    const open = async (): ReturnType<Parameters<typeof createEndpoint>[0]['open']> => openD1Place(openBindingQuery(db, { signal: request.signal, reporter }), env.CONTENTS)
    return await createEndpoint({ tokens, writes: 'taken', open, report }).fetch(request)
  } catch (error) {
    report(error)
    return errorAnswer(error)
  }
}

function unset(reason: string): AtomError<'CONFIG_INVALID'> {
  return new AtomError('CONFIG_INVALID', reason, { data: { file: 'wrangler.toml', reason }, hint: 'README.md beside the Worker says how it is set up' })
}

const worker: { fetch(request: Request, env: Env): Promise<Response> } = { fetch: answer }
export default worker
