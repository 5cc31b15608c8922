import { median } from './statistics.js';

/** @import { Part } from './arguments.js' */

/**
 * How a value is written: `18,204/s`, `12.5 ms`, `148 MB`, `31 µs`.
 * @typedef {'perSecond' | 'milliseconds' | 'megabytes' | 'microseconds'} Unit
 */

/**
 * The ratio's bound; the value's, where there is no baseline.
 * @typedef {{ atLeast: number } | { atMost: number }} Goal
 */

/**
 * One line of the table.
 * @typedef {object} Figure
 * @property {Part} part
 * @property {string} name
 * @property {Unit} unit
 * @property {number} value the median
 * @property {number[]} rounds
 * @property {{ name: string, value: number, rounds: number[] }} [baseline]
 * @property {number} [ratio] the median of the rounds' ratios
 * @property {Goal} [goal]
 * @property {boolean} [met]
 */

/**
 * @param {Part} part
 * @param {string} name
 * @param {Unit} unit
 * @param {readonly number[]} rounds one value a round
 * @param {{ baseline?: { name: string, rounds: readonly number[] }, goal?: Goal }} [against] the baseline of the same
 * rounds
 * @returns {Figure}
 */
export function figure(part, name, unit, rounds, { baseline, goal } = {}) {
  const value = median(rounds);
  const ratio =
    baseline && median(rounds.map((ours, round) => ours / (baseline.rounds[round] ?? Number.NaN)));
  return {
    part,
    name,
    unit,
    value,
    rounds: [...rounds],
    ...(baseline && {
      baseline: { name: baseline.name, value: median(baseline.rounds), rounds: [...baseline.rounds] },
    }),
    ...(ratio !== undefined && { ratio }),
    ...(goal && { goal, met: isMet(ratio ?? value, goal) }),
  };
}

/** @param {number} value @param {Goal} goal */
function isMet(value, goal) {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
