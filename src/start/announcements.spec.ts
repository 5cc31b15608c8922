import { expect, it, jest } from '@jest/globals';
import { type TemporaryDirectory, temporaryDirectory, testConfig } from '../../test/support/test-config.js';
import { announceReady } from './announcements.js';

it('the ready message has its values below each other', () => {
  const directory: TemporaryDirectory = temporaryDirectory();
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    announceReady(testConfig(directory.path, { PORT: '3000' }), undefined, undefined);
    const lines = String(write.mock.calls[0]?.[0]).split('\n');
    const columns = lines.map((line) => /^ {2}(URL|Docs|Account|Data|Cookies) +(?=\S)/.exec(line)?.[0]);

    expect(columns.filter((column) => column !== undefined)).toEqual([
      '  URL      ',
      '  Docs     ',
      '  Account  ',
      '  Data     ',
      '  Cookies  ',
    ]);
  } finally {
    write.mockRestore();
    directory.remove();
  }
});
