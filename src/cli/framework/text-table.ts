import { onOneLine } from './printable.js';

/** Columns under their titles, two spaces apart; null is a dash. */
export function textTable(titles: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const table = [titles, ...rows.map((row) => row.map((cell) => (cell === null ? '-' : onOneLine(cell))))];
  const widths = titles.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))));
  return table
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
}

/** In code points; good enough for what Latchkey lists. */
function widthOf(text: string): number {
  return Array.from(text).length;
}
