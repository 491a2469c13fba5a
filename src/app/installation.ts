/** Where this program lies: the folder with `bin`, `dist` and `package.json`, from its sources, from `dist/app` and from `dist/bundle` alike. */
export const INSTALLATION: URL = new URL('../../', import.meta.url)
