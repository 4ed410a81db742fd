/** Cells under each other. The first column is of words; the others are aligned as asked. */
export function inColumns(
  lines: readonly (readonly string[])[],
  others: 'left' | 'right' = 'left',
): string[] {
  const count = Math.max(...lines.map((line) => line.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return others === 'right' && column > 0 ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
