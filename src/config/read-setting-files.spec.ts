import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GOOD, NAMES, SECRET, neededBy, problemsOf, valuesOf } from '../../test/support/setting-values.js';
import { readSettings } from './read-settings.js';
import { ALL_SETTINGS } from './settings/table.js';

describe('readSettings of NAME_FILE', () => {
  let directory: string;
  const file = (content: string | Uint8Array) => {
    const path = join(directory, `value-${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };

  const secretIn = (path: string) =>
    readSettings({ APP_SECRET_FILE: path }).tokens.appSecret?.export().toString();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(ALL_SETTINGS)('gives $name by a file', ({ name, parser }) => {
    const good = GOOD[name] ?? '';
    expect(valuesOf({ ...neededBy(name), [`${name}_FILE`]: file(good) })[name]).toEqual(parser.parse(good));
  });

  it.each(['\n', '\r\n'])('leaves out the line break %j that editors put at the end', (lineBreak) => {
    expect(secretIn(file(SECRET + lineBreak))).toBe(SECRET);
  });

  it('keeps everything else, since a secret may hold it', () => {
    const secret = ` ${SECRET}\t`;
    expect(secretIn(file(`${secret}\n`))).toBe(secret);
  });

  it('takes an empty file for a value that is not set', () => {
    expect(readSettings({ PORT_FILE: file(''), LOG_LEVEL_FILE: file('\n') })).toEqual(readSettings({}));
  });

  it('validates what the file holds', () => {
    expect(problemsOf({ PORT_FILE: file('http') })).toEqual([expect.stringMatching(/^PORT must be /)]);
  });

  it.each(NAMES)('may not be set together with %s', (name) => {
    const problems = problemsOf({ [name]: GOOD[name], [`${name}_FILE`]: file(GOOD[name] ?? '') });
    expect(problems).toEqual([`${name}: set either ${name} or ${name}_FILE, not both`]);
  });

  it.each(NAMES)('says in one line that %s_FILE cannot be read', (name) => {
    for (const [path, code] of [
      [join(directory, 'missing'), 'ENOENT'],
      [directory, 'EISDIR'],
    ] as const) {
      // A secret may have been put where its path should be.
      const told = name === 'OAUTH_CLIENTS' ? `, ${path},` : '';
      expect(problemsOf({ [`${name}_FILE`]: path })).toEqual([
        `${name}: ${name}_FILE${told} cannot be read (${code})`,
      ]);
    }
  });

  it('ends where the file does not', () => {
    expect(problemsOf({ APP_SECRET_FILE: '/dev/zero' })).toEqual([
      'APP_SECRET: APP_SECRET_FILE cannot be read (more than 1 MB)',
    ]);
  });
});
