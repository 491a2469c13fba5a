import { describe, expect, it } from 'vitest'
import { formatsOfPath, loadFormat } from '../../../../src/history/content/structured/format-of-path.js'

describe('formatsOfPath', () => {
  it('goes by the name alone', () => {
    const formats = Object.fromEntries(['a/.env', '.env.local', 'x.ENV', 'x.conf', 'x.ini', 'x.json', 'x.toml', 'x.yml', 'x.yaml', 'x.ts', 'env', 'x.env/y']
      .map((path) => [path, formatsOfPath(path).join()]))
    expect(formats).toEqual({
      'a/.env': 'env', '.env.local': 'env', 'x.ENV': 'env', 'x.conf': 'env,ini', 'x.ini': 'ini', 'x.json': 'json',
      'x.toml': 'toml', 'x.yml': 'yaml', 'x.yaml': 'yaml', 'x.ts': '', 'env': '', 'x.env/y': '',
    })
  })

  it('loads the format that it names', async () => {
    for (const name of ['env', 'ini', 'json', 'toml', 'yaml'] as const) expect((await loadFormat(name)).name).toBe(name)
  })
})
