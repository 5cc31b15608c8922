import { formatValue } from './report.js';

/** @import { Figure } from './figures.js' */

const WIDTH = 720;
const BAR_HEIGHT = 26;
const GAP = 10;
const TOP = 48;
const LABELS = 250;
const VALUES = 80;

/** The guarded requests a second, Latchkey's and the others', as horizontal bars. @param {Figure[]} figures */
export function plot(figures) {
  const bars = barsOf(figures).toSorted((a, b) => b.value - a.value);
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = TOP + bars.length * (BAR_HEIGHT + GAP) + GAP;
  const rows = bars.flatMap(({ name, value, ours }, index) => {
    const y = TOP + index * (BAR_HEIGHT + GAP);
    const width = Math.max(1, Math.round(((WIDTH - LABELS - VALUES) * value) / longest));
    const middle = y + BAR_HEIGHT / 2;
    return [
      `  <text x="${LABELS - 10}" y="${middle}" text-anchor="end" dominant-baseline="central">${escape(name)}</text>`,
      `  <rect x="${LABELS}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3" fill="${ours ? '#0b6e4f' : '#9aa5b1'}"/>`,
      `  <text x="${LABELS + width + 8}" y="${middle}" dominant-baseline="central">${formatValue(value, 'perSecond')}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="14" fill="#1f2933">`,
    '  <title>Guarded requests a second</title>',
    `  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    '  <text x="16" y="28" font-size="16" font-weight="600">Guarded requests a second (more is better)</text>',
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** @param {Figure[]} figures */
function barsOf(figures) {
  /** @type {Map<string, { name: string, value: number, ours: boolean }>} */
  const bars = new Map();
  for (const { part, name, unit, value, baseline } of figures) {
    if (part !== 'guarded-request' || unit !== 'perSecond' || !baseline) continue;
    const ours = `Latchkey, ${name.replace('guarded request, ', '')}`;
    bars.set(ours, { name: ours, value, ours: true });
    bars.set(baseline.name, { name: baseline.name, value: baseline.value, ours: false });
  }
  return [...bars.values()];
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
