import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { buildOnce } from '../helpers/cli.js'
import { filesBelow, ROOT, textOf } from './sources.js'

const README = textOf('README.md')
const PAGES = [...filesBelow('docs', '.md'), 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'UPGRADING.md', 'CHANGELOG.md']

/** Returns the anchor that a heading gets on a forge. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-')
}

describe('README and the other pages', () => {
  beforeAll(buildOnce)

  it('shows the session that the commands print: node docs/session.mjs', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'docs/session.mjs'), '--check'], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('names every command, and none that is not there', () => {
    const table = README.slice(README.indexOf('## Commands'), README.indexOf('## From git'))
    const named = [...table.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? '')
    expect(named.sort()).toEqual(CATALOGUE.filter(({ hidden }) => hidden !== true).map(({ name }) => name).sort())
  })

  it('links to what is there', () => {
    const broken = PAGES.flatMap((page) => [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
      .filter((link) => !/^[a-z]+:/.test(link)).filter((link) => {
        const [path = '', anchor] = link.split('#')
        const target = path === '' ? page : join(dirname(page), path)
        if (!existsSync(join(ROOT, target))) return true
        return anchor !== undefined && ![...textOf(target).matchAll(/^#+ (.*)$/gm)].some((match) => anchorOf(match[1] ?? '') === anchor)
      }).map((link) => `${page}: ${link}`))
    expect(broken).toEqual([])
  })
})
