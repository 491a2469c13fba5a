import { describe, expect, it } from 'vitest'
import { parseD1Url } from '../../../src/app/remotes/d1-url.js'
import { ACCOUNT, DATABASE } from '../../helpers/d1-server.js'

describe('the URL of a D1 database', () => {
  it('names an account and a database', () => {
    expect(parseD1Url(`d1:${ACCOUNT}/${DATABASE}`)).toEqual({ account: ACCOUNT, database: DATABASE })
    expect(parseD1Url(`d1:${ACCOUNT.toUpperCase()}/${DATABASE.toUpperCase()}`)).toEqual({ account: ACCOUNT, database: DATABASE })
  })

  it.each(['d1:', `d1:${ACCOUNT}`, `d1://${ACCOUNT}/${DATABASE}`, `d1:${ACCOUNT}/trail`, `d1:${ACCOUNT}/${DATABASE}/`, `d1:${ACCOUNT}/../${DATABASE}`, `d1:token@${ACCOUNT}/${DATABASE}`, `d1:${ACCOUNT}/${DATABASE}?x`])('is nothing else: %s', (url) => {
    expect(() => parseD1Url(url)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
  })
})
