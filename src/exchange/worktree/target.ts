/** `checkout --to DIR`: every scope inside one folder, where nothing else is touched. */
import { join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { getStat } from './look.js'
import { resolveTyped, type PlaceOptions, type Places } from './places.js'

const HOME_FOLDER = '.atom-home'
const SYSTEM_FOLDER = '.atom-system'
const INNER: { readonly [scope: string]: readonly string[] } = { project: [], home: [HOME_FOLDER], system: [SYSTEM_FOLDER] }

/** Returns the places of a tree laid out in a folder of its own. Throws `PATH_INVALID`. */
export function createTargetPlaces(places: Places, options: PlaceOptions, typed: string): Places {
  const folder = resolveTyped(options, typed)
  const refuse = (reason: string): AtomError<'PATH_INVALID'> => new AtomError('PATH_INVALID', `cannot lay out files in ${typed}: ${reason}`, { data: { path: typed, reason }, hint: 'name a new or empty folder' })
  if (places.isInStore(folder)) throw refuse("it is the store's own folder")
  const stat = getStat(folder)
  if (stat !== undefined && !stat.isDirectory()) throw refuse('it is no folder')
  return {
    ...places,
    getPlace: (path) => {
      const [scope = '', ...segments] = path.split('/')
      const inner = INNER[scope]
      return inner === undefined ? undefined : { path, scope: scope as 'project', folder, segments: [...inner, ...segments] }
    },
    getProtection: (place) => {
      const isReserved = place.scope === 'project' && [HOME_FOLDER, SYSTEM_FOLDER].includes(place.segments[0] ?? '')
      return isReserved ? 'files outside the project are laid out there' : places.getProtection({ ...place, folder: join(folder) })
    },
  }
}
