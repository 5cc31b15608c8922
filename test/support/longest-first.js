import testSequencer from '@jest/test-sequencer';

// Plain JavaScript: Jest loads it with Node's own loader.

/**
 * How much longer a file takes than another of its size: what starts processes or installs packages, and what is repeated on each store.
 * @type {[part: string, factor: number][]}
 */
const SLOW = [
  ['test/e2e/process/', 8],
  ['test/e2e/redis/', 8],
  ['test/e2e/combinations/', 8],
  ['test/e2e/forgeries/algorithms', 40],
  ['test/package/nest-11', 60],
  ['test/package/', 10],
  ['test/state-machine/', 8],
  ['test/check/', 4],
  ['test/client/browser', 4],
  ['test/e2e/', 4],
  ['test/integration/', 3],
];

// Its types are those of its CommonJS build.
const TestSequencer = /** @type {typeof testSequencer.default} */ (/** @type {unknown} */ (testSequencer));

/** @typedef {Parameters<InstanceType<typeof TestSequencer>['sort']>[0][number]} Test */

/** Starts with the files that take longest, so that no worker is left alone with one in the end. */
export default class LongestFirst extends TestSequencer {
  /**
   * As Jest does, by how long each took the last time; in a first run by what can be told from outside.
   * @override
   * @param {Test[]} tests
   * @returns {Promise<Test[]>}
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return sorted.toSorted((a, b) => weight(b) - weight(a));
  }
}

/** @param {Test} test */
function weight({ path, context }) {
  const [, factor = 1] = SLOW.find(([part]) => path.includes(part)) ?? [];
  return factor * (context.hasteFS.getSize(path) ?? 0);
}
