import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import FailuresReporter from '../support/failures-reporter.js';
import { temporaryDirectory } from '../support/test-config.js';

const directory = temporaryDirectory();
const file = join(directory.path, 'failures.txt');

afterAll(() => directory.remove());

it('names each failed test and file, with its message and without the stack of other code', () => {
  const message =
    '\u001B[31mError: no\u001B[39m\n    at its (/x/test/a.spec.ts:1:1)\n    at other (/x/node_modules/b.js:1:1)';
  process.env['TEST_FAILURES'] = file;
  new FailuresReporter().onRunComplete(undefined, {
    testResults: [
      {
        testFilePath: resolve('test/a.spec.ts'),
        failureMessage: 'all of it',
        testResults: [
          { status: 'passed', fullName: 'A thing is', failureMessages: [] },
          { status: 'failed', fullName: 'A thing does', failureMessages: [message] },
        ],
      },
      { testFilePath: resolve('test/b.spec.ts'), failureMessage: 'The process ended.', testResults: [] },
      { testFilePath: resolve('test/c.spec.ts'), failureMessage: null, testResults: [] },
    ],
  });

  expect(readFileSync(file, 'utf8').split('\n')).toEqual([
    '● test/a.spec.ts: A thing does',
    '    Error: no',
    '        at its (/x/test/a.spec.ts:1:1)',
    '● test/b.spec.ts',
    '    The process ended.',
    '',
  ]);
});
