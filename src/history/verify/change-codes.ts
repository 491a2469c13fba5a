/** The numbers that the path index has for what happened to a path. */
export const ADD = 1
export const MODIFY = 2
export const DELETE = 3
/** Only the executable bit. */
export const MODE = 4
/** A file became a symlink, or the other way round. */
export const TYPE = 5
