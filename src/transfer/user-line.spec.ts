import { describe, expect, it } from '@jest/globals';
import { LineProblem } from './line-problem.js';
import { type LineRules, readUserLine } from './user-line.js';

const NOW = Date.UTC(2026, 0, 31);
const RULES: LineRules = {
  now: NOW,
  roles: new Set(['user', 'editor']),
  indexedFields: new Set(['staffNumber']),
  maxOwnCost: 15,
  mapIds: false,
};
const HASH = `$2b$10$${'a'.repeat(53)}`;
const email = 'ann@example.com';

function refusalOf(value: unknown, rules = RULES): string | undefined {
  try {
    readUserLine(value, rules);
    return undefined;
  } catch (error) {
    if (!(error instanceof LineProblem)) throw error;
    expect(error.message).not.toContain(HASH.slice(10));
    return error.code;
  }
}

describe('A line of a user', () => {
  it('needs an address alone: the user is new, unverified, without a password, and has the role user', () => {
    const { record, ownId, hasPassword } = readUserLine({ email }, RULES);
    expect(record).toMatchObject({
      email,
      name: null,
      emailVerifiedAt: null,
      disabledAt: null,
      attributes: {},
      roles: ['user'],
      createdAt: new Date(NOW),
    });
    expect(record.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(record.passwordHash).toMatch(/^!/);
    expect([ownId, hasPassword]).toEqual([false, false]);
  });

  it('says the rest of the user', () => {
    const id = '0195A3B2-3C4D-7E5F-8A6B-7C8D9E0F1A2B';
    const { record, ownId } = readUserLine(
      {
        id,
        email,
        name: 'Ann',
        emailVerified: true,
        disabled: true,
        createdAt: '2024-05-01T12:00:00+02:00',
        roles: ['editor', 'editor', 'user'],
        passwordHash: HASH,
        fields: { staffNumber: 7, nickname: null },
      },
      RULES,
    );
    expect(record).toEqual({
      id: id.toLowerCase(),
      email,
      name: 'Ann',
      emailVerifiedAt: new Date(NOW),
      disabledAt: new Date(NOW),
      createdAt: new Date('2024-05-01T10:00:00Z'),
      updatedAt: new Date(NOW),
      roles: ['editor', 'user'],
      passwordHash: HASH,
      attributes: { staffNumber: 7 },
    });
    expect(ownId).toBe(true);
  });

  it.each([
    ['NOT_A_USER', [email]],
    ['NOT_A_USER', null],
    ['MEMBER_UNKNOWN', { email, password: 'in the clear' }],
    ['EMAIL_INVALID', {}],
    ['EMAIL_INVALID', { email: 'nowhere' }],
    ['EMAIL_INVALID', { email: 7 }],
    ['MEMBER_INVALID', { email, name: '' }],
    ['MEMBER_INVALID', { email, name: 'a\u0000b' }],
    ['MEMBER_INVALID', { email, emailVerified: 'yes' }],
    ['MEMBER_INVALID', { email, disabled: null }],
    ['MEMBER_INVALID', { email, createdAt: '2024-02-30T00:00:00Z' }],
    ['MEMBER_INVALID', { email, createdAt: '2026-02-01T00:00:00Z' }],
    ['MEMBER_INVALID', { email, createdAt: 1_700_000_000 }],
    ['MEMBER_INVALID', { email, roles: 'editor' }],
    ['ROLE_UNKNOWN', { email, roles: ['owner'] }],
    ['ID_INVALID', { email, id: 'auth0|5f7c8ec7c33c6c004bbafe82' }],
    ['ID_INVALID', { email, id: 5 }],
    ['HASH_MALFORMED', { email, passwordHash: `${HASH}x` }],
    ['HASH_MALFORMED', { email, passwordHash: '' }],
    ['HASH_MALFORMED', { email, passwordHash: { value: HASH } }],
    ['HASH_TOO_COSTLY', { email, passwordHash: HASH.replace('$10$', '$31$') }],
    ['FIELD_INVALID', { email, fields: [] }],
    ['FIELD_INVALID', { email, fields: { 'first-name': 'Ann' } }],
    ['FIELD_INVALID', JSON.parse(`{"email":"${email}","fields":{"__proto__":{"a":1}}}`)],
    ['FIELD_INVALID', { email, fields: { text: 'x'.repeat(2047) } }],
    ['FIELD_INVALID', { email, fields: { staffNumber: ['found', 'by'] } }],
  ])('is refused as %s: %j', (code, line) => {
    expect(refusalOf(line)).toBe(code);
  });

  it('has an id made of one that is no UUID, the same each time, where that is asked for', () => {
    const rules = { ...RULES, mapIds: true };
    const idOf = (id: string) => readUserLine({ email, id }, rules).record.id;
    expect(idOf('auth0|1')).toBe(idOf('auth0|1'));
    expect(idOf('auth0|1')).not.toBe(idOf('auth0|2'));
    expect(idOf('auth0|1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOf('0195a3b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b')).toBe('0195a3b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b');
    expect(refusalOf({ email, id: '' }, rules)).toBe('ID_INVALID');
  });
});
