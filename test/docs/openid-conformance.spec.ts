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

/** The modules that no test of ours covers. */
const modulesWith = (word: RegExp) =>
  rows.filter(([, , , cell = '']) => word.test(cell)).map(([, name = '']) => name.replaceAll('`', ''));

const FAPI = 'fapi2-security-profile-final';

describe('docs/openid-conformance.md', () => {
  it('leaves these modules without a test, and no others', () => {
    expect(modulesWith(/^not checked/)).toEqual([]);
    expect(modulesWith(/^not applicable/)).toEqual([
      'oidcc-idtoken-unsigned',
      'oidcc-server-client-secret-post',
      `${FAPI}-ensure-request-object-without-redirect-uri-fails`,
      `${FAPI}-australia-connectid-ensure-invalid-purpose-fails`,
      `${FAPI}-ensure-server-handles-non-matching-intent-id`,
      `${FAPI}-brazil-ensure-bad-payment-signature-fails`,
      `${FAPI}-australia-connectid-test-claims-parameter-idtoken-identity-claims`,
    ]);
  });

  it('is counted in docs/oauth.md', () => {
    const tested = rows.length - modulesWith(/^not /).length;
    const said = /is listed, (\d+) of (\d+)\./.exec(readFileSync(`${ROOT}docs/oauth.md`, 'utf8'));
    expect(said?.slice(1)).toEqual([String(tested), String(rows.length)]);
  });

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
