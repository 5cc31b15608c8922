/** @typedef {Pick<import('./bench.js').Bench, 'rounds' | 'seconds' | 'progress'>} Bench */

const WARM_UP_SECONDS = 2;

/**
 * Measures all candidates round by round, A B C A B C, so that whatever disturbs the machine disturbs all alike. A short
 * round before the first warms them up and is not counted.
 * @template Result
 * @param {Bench} bench
 * @param {Record<string, (seconds: number) => Promise<Result>>} candidates
 * @param {(result: Result) => string} [describe] for the progress
 * @returns {Promise<Map<string, Result[]>>} one result a round, by the candidate's name
 */
export async function interleaved(bench, candidates, describe = () => '') {
  const entries = Object.entries(candidates);
  /** @type {Map<string, Result[]>} */
  const results = new Map(entries.map(([name]) => [name, []]));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const [name, measure] of entries) {
      if (round === 0) {
        bench.progress(`  warming up: ${name}`);
        await measure(Math.min(WARM_UP_SECONDS, bench.seconds));
        continue;
      }
      const result = await measure(bench.seconds);
      bench.progress(`  round ${round} of ${bench.rounds}: ${name} ${describe(result)}`);
      results.get(name)?.push(result);
    }
  }
  return results;
}

/**
 * One figure of a candidate, round by round.
 * @template Result
 * @param {Map<string, Result[]>} results
 * @param {string} name
 * @param {(result: Result) => number} pick
 */
export function roundsOf(results, name, pick) {
  const rounds = results.get(name);
  if (!rounds) throw new Error(`No one measured ${name}.`);
  return rounds.map(pick);
}
