/** Writes docs/cli.md: `npm run reference`, after a build. */
import { writeFileSync } from 'node:fs'
import { CATALOGUE } from './catalogue.js'
import { loadAll } from './load.js'
import { referenceText } from './reference.js'

writeFileSync(new URL('../../docs/cli.md', import.meta.url), referenceText(await loadAll(CATALOGUE)))
