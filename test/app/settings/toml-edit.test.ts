import { describe, expect, it } from 'vitest'
import { editToml } from '../../../src/app/settings/toml-edit.js'

const OWN = '# who I am\nagent = "ann"\n\n[safe]\n# shared\ndirectory = ["/srv"]\n\n[push]\nauto = true\n'

describe('one key of a TOML text', () => {
  it('is changed where it stands, and every other line stays', () => {
    expect(editToml(OWN, 'agent', '"ben"')).toBe(OWN.replace('"ann"', '"ben"'))
    expect(editToml(OWN, 'safe.directory', '["*"]')).toBe(OWN.replace('["/srv"]', '["*"]'))
  })

  it('is made at the top, in its section, or in a new section', () => {
    expect(editToml('', 'agent', '"ann"')).toBe('agent = "ann"\n')
    expect(editToml('[push]\nauto = true\n', 'agent', '"ann"')).toBe('agent = "ann"\n[push]\nauto = true\n')
    expect(editToml('[safe]\n', 'safe.directory', '[]')).toBe('[safe]\ndirectory = []\n')
    expect(editToml('agent = "ann"', 'push.auto', 'true')).toBe('agent = "ann"\n\n[push]\nauto = true\n')
  })

  it('of another section, or one whose name only begins alike, is left alone', () => {
    expect(editToml('[other]\nauto = 1\n[push]\n', 'push.auto', 'true')).toBe('[other]\nauto = 1\n[push]\nauto = true\n')
    expect(editToml('agents = "a"\n[x]\nagent = "theirs"\n', 'agent', '"b"')).toBe('agent = "b"\nagents = "a"\n[x]\nagent = "theirs"\n')
  })

  it('stands below what it is about, quoted where that is no bare key', () => {
    const kept = editToml(OWN, 'http.https://host/a"b.token', '"x"')
    expect(kept).toBe(`${OWN}\n[http."https://host/a\\"b"]\ntoken = "x"\n`)
    expect(editToml(kept, 'http.https://host/a"b.token', '"y"')).toBe(kept.replace('"x"', '"y"'))
    expect(editToml(kept, 'http.https://host/a"b.token', undefined)).toBe(OWN)
    expect(editToml('', 'remote.hub.url', '"u"')).toBe('[remote.hub]\nurl = "u"\n')
  })

  it('is removed alone; removing what is not there changes nothing', () => {
    expect(editToml(OWN, 'push.auto', undefined)).toBe(OWN.replace('\n[push]\nauto = true\n', ''))
    expect(editToml('[push]\n# always\nauto = true\n', 'push.auto', undefined)).toBe('[push]\n# always\n')
    expect(editToml('agent = "ann"\n', 'agent', undefined)).toBe('')
    for (const key of ['pager', 'safe.other', 'no.such']) expect(editToml(OWN, key, undefined)).toBe(OWN)
  })
})
