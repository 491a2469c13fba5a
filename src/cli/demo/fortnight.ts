/** Fourteen days of ordinary work on five games' configuration; one of the changes breaks it. */
import { AGENTS, GAMES, GAMING_CONF, INTENT_FOLDER } from './story.js'
import type { Stage } from './stage.js'

export const RECORDINGS = 62
/** The change that breaks it unless the caller says another one. */
export const BREAK_AT = 37

const DAYS = 14
const FIRST_DAY_MS = Date.UTC(2024, 10, 13)
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** gaming.conf changes now and then, so that the break is one change among several. */
const CONF_EVERY = 6

/** Records the days, calling `seen` before each command. Returns the atom ids in order. */
export async function recordFortnight(stage: Stage, breakAt: number, seen: (count: number) => Promise<void>): Promise<readonly string[]> {
  const ids: string[] = []
  for (let count = 1; count <= RECORDINGS; count++) {
    await seen(count)
    const day = Math.floor((count - 1) * DAYS / RECORDINGS)
    const beforeToday = Math.ceil(day * RECORDINGS / DAYS)
    stage.at(new Date(FIRST_DAY_MS + day * DAY_MS + 9 * HOUR_MS + (count - beforeToday) * HOUR_MS * 1.5).toISOString())
    ids.push(recordOne(stage, count, breakAt).trim())
  }
  return ids
}

function recordOne(stage: Stage, count: number, breakAt: number): string {
  const agent = AGENTS[count % AGENTS.length] ?? 'user:ann'
  if (count === breakAt || count === 1 || count % CONF_EVERY === 0) return recordConf(stage, { count, breakAt, agent })
  const game = GAMES[count % GAMES.length]
  if (game === undefined) throw new RangeError('no game')
  const path = `${INTENT_FOLDER}/${game.file}`
  const proton = game.proton[Math.floor(count / 16) % game.proton.length] ?? 'native'
  stage.write(path, [
    `# ${game.title}`, `PROTON_VERSION="${proton}"`, `DXVK_VERSION="2.${String(3 + Math.floor(count / 30))}"`, `DXVK_FRAME_RATE=${String(60 + (count % 7) * 10)}`,
    `MANGOHUD=${String(count % 2)}`, '',
  ].join('\n'))
  return stage.run(['add', 'CFG', `${game.title}: frame limit ${String(60 + (count % 7) * 10)}, ${proton}`, '--file', `~/${path}`], { agent })
}

function recordConf(stage: Stage, { count, breakAt, agent }: { readonly count: number; readonly breakAt: number; readonly agent: string }): string {
  const lines = ['# environment of all games', `MESA_SHADER_CACHE_MAX_SIZE=${String(1 + Math.floor(count / 20))}G`, `RADV_PERFTEST=${count < 30 ? 'gpl' : 'gpl,nggc'}`]
  if (count >= breakAt) lines.push('RADV_DEBUG=debug')
  stage.write(GAMING_CONF, `${lines.join('\n')}\n`)
  const title = count === breakAt ? 'More verbose graphics driver, to look into stutter' : `Environment of all games, revision ${String(count)}`
  return stage.run(['add', 'CFG', title, '--file', `~/${GAMING_CONF}`], { agent })
}
