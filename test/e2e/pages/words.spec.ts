import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { STANDARD_SCOPES } from '../../../src/auth/grants/granted-scopes.js';
import { ADMIN_SCOPES } from '../../../src/users/role.js';
import { ACTOR_KINDS, AUDIT_EVENT_TYPES } from '../../../src/audit/audit-event.js';

const wordsOf = (language: string) =>
  JSON.parse(readFileSync(`src/pages/languages/${language}.json`, 'utf8')) as Record<string, string>;

describe.each(['en', 'de'])('The words of the pages in %s', (language) => {
  const words = wordsOf(language);

  it('are those of every other language, with the same things said in them', () => {
    const placesOf = (text = '') => (text.match(/\{\w+\}/g) ?? []).toSorted();
    const english = wordsOf('en');
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(english))
      expect([key, placesOf(words[key])]).toEqual([key, placesOf(text)]);
  });

  it('name each event of the audit log, and each kind of who did it', () => {
    const keys = [
      ...AUDIT_EVENT_TYPES.map((type) => `event.${type}`),
      ...ACTOR_KINDS.map((kind) => `admin.audit.${kind}`),
    ];
    expect(keys.filter((key) => words[key] === undefined)).toEqual([]);
  });

  it('name each scope that there is without a team', () => {
    const keys = [...STANDARD_SCOPES, ...ADMIN_SCOPES].map((scope) => `scope.${scope}`);
    expect(keys.filter((key) => words[key] === undefined)).toEqual([]);
  });
});
