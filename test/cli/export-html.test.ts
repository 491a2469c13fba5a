import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createPageAt } from '../../src/app/remotes/pages.js'
import { exportHtmlCommand } from '../../src/cli/commands/export-html.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

it('is a command of its own', () => {
  expect([exportHtmlCommand.name, createPageAt({ file: 'a.html', force: false }, { cwd: '/' }).name]).toEqual(['html', 'export.html'])
})

it('writes a page that bundle verify, list and clone take as a bundle', async () => {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  const made = JSON.parse(await cli.ok(['export', 'html', 'trail.html', '--json']))
  const main = (await cli.ok(['rev-parse', 'main'])).trim()
  expect(made).toMatchObject({ file: 'trail.html', atoms: 2, refs: expect.arrayContaining([{ ref: 'refs/heads/main', object: main }]) })
  expect(JSON.parse(await cli.ok(['bundle', 'verify', 'trail.html', '--expect', `main=${main}`, '--json']))).toMatchObject({ ok: true, atoms: 2 })
  await cli.ok(['clone', 'project/trail.html', 'copy'], { cwd: cli.home })
  expect(readFileSync(join(cli.home, 'copy/a.env'), 'utf8')).toBe('A=1\n')
})

it('is the same page every time, and replaces none unless told to', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['export', 'html', 'one.html'])
  await cli.ok(['export', 'html', 'two.html'])
  expect(readFileSync(join(cli.project, 'one.html')).equals(readFileSync(join(cli.project, 'two.html')))).toBe(true)
  writeFileSync(join(cli.project, 'one.html'), 'mine')
  expect(await cli.run(['export', 'html', 'one.html'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--force replaces it') })
  expect(readFileSync(join(cli.project, 'one.html'), 'utf8')).toBe('mine')
  await cli.ok(['export', 'html', 'one.html', '--force'])
  expect(readFileSync(join(cli.project, 'one.html'), 'utf8')).toContain('id="trail"')
})

it('says what is wrong with where it should write, and leaves nothing behind', async () => {
  await cli.ok(['init', '--quiet'])
  expect(await cli.run(['export', 'html', ''])).toMatchObject({ exitCode: 2 })
  expect(await cli.run(['export', 'html', 'no/such/place.html'])).toMatchObject({ exitCode: expect.any(Number), stderr: expect.stringContaining('cannot write no/such/place.html') })
  mkdirSync(join(cli.project, 'folder'))
  expect(await cli.run(['export', 'html', 'folder', '--force'])).toMatchObject({ exitCode: expect.any(Number), stderr: expect.stringContaining('folder') })
  expect(await cli.run(['export', 'html', 'a.html', 'nobody'])).toMatchObject({ exitCode: 3 })
  expect(existsSync(join(cli.project, 'a.html'))).toBe(false)
})
