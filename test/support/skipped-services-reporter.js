import { CLOSING_LINE } from './services/service.js';

/**
 * The part of Jest's results that is read here.
 * @typedef {object} Results
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numRuntimeErrorTestSuites files that failed as a whole, as by a syntax error
 * @property {{ failure: boolean }} snapshot
 * @property {unknown} [runExecError]
 */

/** @type {string[]} */
let closingLines = [];
/** @type {NodeJS.WritableStream} */
let output = process.stdout;

// Jest's own summary is printed after every reporter, wherever it is in the list; on exit it is out.
process.once('exit', () => {
  for (const line of closingLines) output.write(`${line}\n`);
});

/** Ends the output with the counts and with what the machine had no server for. */
export default class SkippedServicesReporter {
  ranNothing = false;

  /** @param {{ json: boolean }} globalConfig */
  constructor({ json }) {
    // With --json, stdout is for the JSON alone.
    output = json ? process.stderr : process.stdout;
  }

  /**
   * @param {unknown} _contexts
   * @param {Results} results
   */
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    let failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // A run can fail though no test did; a count that says otherwise would mislead.
    if (failed === 0 && (results.snapshot.failure || results.runExecError)) failed = 1;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    this.ranNothing = passed + failed === 0;
    closingLines = this.ranNothing ? ['No test ran, so the run failed.'] : [];
    closingLines.push(`${passed} passed, ${failed} failed${skipped}`);
    const servers = process.env[CLOSING_LINE];
    if (servers) closingLines.push(servers);
  }

  /** Jest asks every reporter, and fails the run for an error. */
  getLastError() {
    return this.ranNothing ? new Error('No test ran') : undefined;
  }
}
