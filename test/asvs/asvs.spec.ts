import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { problemsOf, rowsOf } from './asvs-table.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/asvs.md', import.meta.url));
const REPORT = fileURLToPath(new URL('report.js', import.meta.url));

const markdown = readFileSync(DOCUMENT, 'utf8');
const line = (id: string) => markdown.split('\n').find((row) => row.startsWith(`| ${id} `)) ?? '';
const problemsWith = (id: string, changed: string) =>
  problemsOf(DOCUMENT, markdown.replace(line(id), changed));
const row = (status: string, evidence: string) => `| 6.2.1 | 1 | something | ${status} | ${evidence} |`;

describe('docs/asvs.md', () => {
  it('has every requirement of V6 to V10, and names tests that exist where it says met', () => {
    expect(problemsOf(DOCUMENT)).toEqual([]);
  });

  it('is counted by `npm run asvs`', () => {
    const met = rowsOf(markdown).filter(({ status }) => status === 'met').length;
    const counts = execFileSync(process.execPath, [REPORT], { encoding: 'utf8' }).trim().split('\n');
    expect(counts.map((count) => count.split(' ')[0])).toEqual(['V6', 'V7', 'V8', 'V9', 'V10', 'all']);
    expect(counts.at(-1)).toContain(`met ${met} of `);
  });
});

describe('the report finds', () => {
  const file = '`test/asvs/asvs.spec.ts`';

  it.each([
    ['met', '', ['6.2.1 gives no reason', '6.2.1 is met, but names no test and no document']],
    ['met', 'somehow', ['6.2.1 is met, but names no test and no document']],
    ['met', `${file} \`is not there\``, ['6.2.1 names no test: test/asvs/asvs.spec.ts: is not there']],
    ['met', '`test/asvs/none.spec.ts` `is`', ['6.2.1 names no test: test/asvs/none.spec.ts: is']],
    ['met', '[there](security.md#nowhere)', ['6.2.1 names no section: security.md#nowhere']],
    ['met', `${file} \`a requirement that is gone, or there twice\``, []],
    ['met', '[there](security.md#passwords)', []],
    ['not met', '', ['6.2.1 gives no reason']],
    ['not met', 'not yet', []],
    ['half met', 'half', ['6.2.1 has the status half met']],
  ])('in a row that is %s with %j: %j', (status, evidence, problems) => {
    expect(problemsWith('6.2.1', row(status, evidence))).toEqual(problems);
  });

  it('a requirement that is gone, or there twice', () => {
    expect(problemsWith('6.2.1', '')).toEqual(['6.2.1 is missing']);
    expect(problemsWith('6.2.2', `${line('6.2.2')}\n${line('6.2.2')}`)).toEqual(['6.2.2 is there twice']);
    expect(problemsWith('6.2.2', `${line('6.2.2')}\n| 6.2.13 | 1 | x | not met | y |`)).toEqual([
      '6.2.13 is no requirement of V6 to V10',
    ]);
  });
});
