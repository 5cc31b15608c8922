/** In the long form, which is read: `npm run test:faults`. */
export function printFigures(of: string, figures: Readonly<Record<string, number>>): void {
  if (process.env['FAULTS'] !== 'long') return;
  const texts = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stderr.write(`${of}: ${texts.join(', ')}\n`);
}
