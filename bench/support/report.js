/** @import { Figure, Goal, Unit } from './figures.js' */
/** @import { Machine } from './machine.js' */

/**
 * What bench/latest.json holds.
 * @typedef {object} Report
 * @property {string} date
 * @property {Machine} machine
 * @property {string} generator of the load
 * @property {number} seconds a round
 * @property {number} rounds
 * @property {Figure[]} figures
 * @property {string[]} skipped
 */

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';
const HEADINGS = ['figure', 'Latchkey', 'baseline', 'ratio', 'goal', 'met'];

/** The table and what stands around it, as Markdown. @param {Report} report */
export function toMarkdown({ date, machine, generator, seconds, rounds, figures, skipped }) {
  const lines = [
    `${date.slice(0, 10)}, ${machine.model}, ${machine.cores} cores shared by servers, databases and the load generator (${generator}), ${machine.memoryGiB} GiB, Node ${machine.node}; medians of ${rounds} interleaved rounds of ${seconds} s.`,
    '',
    ...table([HEADINGS, ...figures.map(cellsOf)]),
  ];
  if (skipped.length > 0) lines.push('', ...skipped.map((what) => `- Not measured: ${what}.`));
  return lines.join('\n');
}

/** Puts the table between the two marks of the document. @param {string} document @param {string} markdown */
export function intoDocument(document, markdown) {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error('The document has no place for the figures.');
  return `${document.slice(0, from + BEGIN.length)}\n\n${markdown}\n\n${document.slice(to)}`;
}

/** @param {Figure} figure */
function cellsOf({ name, unit, value, baseline, ratio, goal, met }) {
  return [
    name,
    formatValue(value, unit),
    baseline ? `${baseline.name}: ${formatValue(baseline.value, unit)}` : '',
    ratio === undefined ? '' : `${ratio.toFixed(2)}×`,
    goal ? formatGoal(goal, baseline ? undefined : unit) : '',
    met === undefined ? '' : met ? 'yes' : '**no**',
  ];
}

/** Without padding, which would make one wide cell a change of every line. @param {string[][]} rows */
function table(rows) {
  const [headings = [], ...others] = rows;
  return ['<!-- prettier-ignore -->', line(headings), line(headings.map(() => '---')), ...others.map(line)];
}

/** @param {string[]} cells */
function line(cells) {
  return `| ${cells.map((cell) => `${cell} |`.trimStart()).join(' ')}`;
}

/** @param {Goal} goal @param {Unit | undefined} unit none for a ratio */
function formatGoal(goal, unit) {
  const [sign, bound] = 'atLeast' in goal ? ['≥', goal.atLeast] : ['≤', goal.atMost];
  return `${sign} ${unit === undefined ? `${bound}×` : formatValue(bound, unit)}`;
}

const SUFFIXES = { perSecond: '/s', milliseconds: ' ms', megabytes: ' MB', microseconds: ' µs' };

/** Three digits at least, and none that says nothing. @param {number} value @param {Unit} unit */
export function formatValue(value, unit) {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: decimals }) + SUFFIXES[unit];
}
