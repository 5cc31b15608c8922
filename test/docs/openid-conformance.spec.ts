import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { testTitles } from '../asvs/test-titles.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const rows = readFileSync(`${ROOT}docs/openid-conformance.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** What is wrong with the last cell of a row. */
function problemOf(cell: string): string | undefined {
  if (/^not (checked|applicable, because .)/.test(cell)) return undefined;
  const [, file = '', title = ''] = /^`(test\/[^`]+)` `([^`]+)`$/.exec(cell) ?? [];
  if (file === '' || !existsSync(ROOT + file)) return `names no test: ${cell}`;
  return testTitles(ROOT + file).has(title) ? undefined : `has no such test: ${cell}`;
}

describe('docs/openid-conformance.md', () => {
  it('names for each module a test that exists, or says that none does', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(
      rows.map(([, , , cell = '']) => problemOf(cell)).filter((problem) => problem !== undefined),
    ).toEqual([]);
  });

  it.each(['somehow', '`test/none.spec.ts` `is`', '`test/e2e/oauth/logout.spec.ts` `is not there`'])(
    'would not pass with %s',
    (cell) => {
      expect(problemOf(cell)).toBeDefined();
    },
  );
});
