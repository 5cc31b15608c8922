import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ALL_SETTINGS } from '../../src/config/settings/table.js';
import { environmentExample, withTable } from './settings-documents.js';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('Documents made from the table of settings (npm run settings)', () => {
  it('are up to date: docs/settings.md', () => {
    const document = textOf('docs/settings.md');
    expect(document).toBe(withTable(document, ALL_SETTINGS));
  });

  it('are up to date: .env.example', () => {
    expect(textOf('.env.example')).toBe(environmentExample(ALL_SETTINGS));
  });
});
