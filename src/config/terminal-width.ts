import type { EnvironmentSource } from './read-settings.js';

/** Columns where nothing says how many there are. */
const DEFAULT = 80;

/** How many columns a text may have: as `COLUMNS` says, else as the terminal does, where it is one. */
export function terminalWidth(
  { columns }: { readonly columns?: number },
  source: EnvironmentSource = process.env,
): number {
  const wanted = /^[1-9]\d{0,4}$/.test(source['COLUMNS'] ?? '') ? Number(source['COLUMNS']) : 0;
  // A terminal that does not know has none.
  return wanted || columns || DEFAULT;
}
