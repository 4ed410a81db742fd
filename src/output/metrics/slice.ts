/** Tables rendered before the event loop gets its turn: a millisecond or two. */
export const SLICE = 500
