/** Servers that replicate in a circle, of which a two-way pair is the smallest. Pure. */

interface Edge {
  /** null = not in the set. */
  readonly source: string | null
  readonly replica: string
}

export interface Loops<Link extends Edge> {
  /** The servers of each, in the order of `names`. */
  readonly loops: readonly (readonly string[])[]
  /**
   * Links that would tell again what the others of their loop tell, with those others: data that is the same from
   * server to server is so all around. The first server of a loop is nobody's replica in it.
   */
  readonly closing: ReadonlyMap<Link, readonly Link[]>
}

export function loopsOf<Link extends Edge>(
  names: readonly string[],
  links: readonly Link[],
): Loops<Link> {
  const closing = new Map<Link, readonly Link[]>()
  function cut(among: readonly string[], open: readonly Link[]): string[][] {
    const found = circlesOf(among, open)
    for (const circle of found) {
      const [first] = circle
      const inside = open.filter((link) => isInside(link, circle))
      const closers = inside.filter(({ replica }) => replica === first)
      for (const link of closers) {
        closing.set(
          link,
          inside.filter((other) => other !== link),
        )
      }
      cut(
        circle,
        inside.filter((link) => !closers.includes(link)),
      )
    }
    return found
  }
  return { loops: cut(names, links), closing }
}

/** Whether what this server logs may come from several servers that are written to at the same time. */
export function isFedBySeveral(name: string, links: readonly Edge[]): boolean {
  const above = [name, ...names(links).filter((each) => leadsTo(each, name, links))]
  return above.some(
    (each) =>
      links.filter(({ replica }) => replica === each).length > 1 || leadsTo(each, each, links),
  )
}

/** Whether what is written on `from` comes to `to`, over one link or more. */
export function leadsTo(from: string, to: string, links: readonly Edge[]): boolean {
  return reachedFrom(from, links).has(to)
}

function isInside({ source, replica }: Edge, circle: readonly string[]): boolean {
  return source !== null && circle.includes(source) && circle.includes(replica)
}

/** Groups of servers each of which gets what is written on any other of them. */
function circlesOf(names: readonly string[], links: readonly Edge[]): string[][] {
  const reached = new Map(names.map((name) => [name, reachedFrom(name, links)]))
  const isMutual = (a: string, b: string) =>
    reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true
  const rest = new Set(names.filter((name) => isMutual(name, name)))
  const circles: string[][] = []
  for (const name of rest) {
    const circle = [...rest].filter((other) => isMutual(name, other))
    for (const each of circle) rest.delete(each)
    circles.push(circle)
  }
  return circles
}

function reachedFrom(start: string, links: readonly Edge[]): Set<string> {
  const reached = new Set<string>()
  const open = [start]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { source, replica } of links) {
      if (source !== name || reached.has(replica)) continue
      reached.add(replica)
      open.push(replica)
    }
  }
  return reached
}

function names(links: readonly Edge[]): string[] {
  return [...new Set(links.flatMap(({ source }) => source ?? []))]
}
