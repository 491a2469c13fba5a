/** Puts a trail into a web page that shows and verifies itself. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { createBundle, type CreateBundleInput, type CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import { wrapInPage } from '../../exchange/bundle/page.js'
import type { Operation } from '../../ops/operation.js'
import { writeWhole } from './bundles.js'
import type { AppContext } from '../context.js'
import { INSTALLATION } from '../installation.js'

/** A browser holds the page as one text and the objects beside it. */
const BUNDLE_MAX_BYTES = 268_435_456
const TEMPLATE = new URL('dist/page/trail.html', INSTALLATION)

export interface PageWish {
  readonly file: string
  readonly force: boolean
}

/** Returns `export html`: what `bundle create` makes, in a page. */
export function createPageAt({ file, force }: PageWish, { cwd }: Pick<AppContext, 'cwd'>): Operation<CreateBundleInput, CreateBundleResult> {
  const path = resolve(cwd, file)
  const operation = createBundle(async (chunks) => {
    if (!force && existsSync(path)) throw new AtomError('LOCAL_CHANGES', `there is a file already: ${file}`, { data: { paths: [file] }, hint: '--force replaces it' })
    await writeWhole(path, file, wrapInPage(readTemplate(), bounded(chunks)))
  })
  return { ...operation, name: 'export.html', summary: 'Write the trail as a web page that verifies itself', errors: [...operation.errors, 'LOCAL_CHANGES', 'UNSUPPORTED'] }
}

function readTemplate(): string {
  if (!existsSync(TEMPLATE)) throw new AtomError('UNSUPPORTED', 'this installation has no page to put a trail into', { data: { what: 'html' }, hint: 'npm run build' })
  return readFileSync(TEMPLATE, 'utf8')
}

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > BUNDLE_MAX_BYTES) {
      throw new AtomError('UNSUPPORTED', `the trail takes more than ${String(BUNDLE_MAX_BYTES / 1_048_576)} MiB, which is more than a browser opens well`, { data: { what: 'html' }, hint: 'take a part of it with REF or --since, or all of it: atom bundle create trail.car' })
    }
    yield chunk
  }
}
