import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const FAILURES_SHOWN = 20;
const LINES_SHOWN = 25;

/**
 * The part of Jest's results that is read here.
 * @typedef {object} Results
 * @property {{
 *   testFilePath: string,
 *   failureMessage?: string | null | undefined,
 *   testResults: { status: string, fullName: string, failureMessages: string[] }[],
 * }[]} testResults
 */

/** Writes which tests failed, and why, to the file of `TEST_FAILURES`, so that `.ci/run` can end with it. */
export default class FailuresReporter {
  /**
   * @param {unknown} _contexts
   * @param {Results} results
   */
  onRunComplete(_contexts, results) {
    const file = process.env['TEST_FAILURES'];
    if (!file) return;
    const failures = results.testResults.flatMap(failuresOf);
    const more = failures.length - FAILURES_SHOWN;
    const shown = failures.slice(0, FAILURES_SHOWN);
    writeFileSync(file, [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join(''));
  }
}

/** @param {Results['testResults'][number]} file */
function failuresOf({ testFilePath, failureMessage, testResults }) {
  const path = relative(process.cwd(), testFilePath);
  const failed = testResults.filter(({ status }) => status === 'failed');
  // A file can fail as a whole, as by a process of Jest that ended.
  if (failed.length === 0) return failureMessage ? [entry(path, failureMessage)] : [];
  return failed.map(({ fullName, failureMessages }) =>
    entry(`${path}: ${fullName}`, failureMessages.join('\n')),
  );
}

/**
 * @param {string} title
 * @param {string} message
 */
function entry(title, message) {
  const lines = stripVTControlCharacters(message).trim().split('\n');
  // Of the stack only what is of this project says something.
  const telling = lines.filter((line) => !/^\s+at .*(node_modules|node:)/.test(line));
  return [`● ${title}`, ...telling.slice(0, LINES_SHOWN).map((line) => `    ${line}`), ''].join('\n');
}
