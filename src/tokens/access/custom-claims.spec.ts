import { describe, expect, it } from '@jest/globals';
import { checkCustomClaims, customClaimsOf, CustomClaimsError } from './custom-claims.js';

const nested = (depth: number): object => (depth === 0 ? {} : { in: nested(depth - 1) });

describe('Custom claims', () => {
  it('may have plain and namespaced names, and all that JSON says', () => {
    const claims = {
      tenant: 'acme',
      'https://example.com/plan': { name: 'größer', seats: [1, 2.5, null, true] },
      groups: [],
      may_act: { sub: 'orders' },
    };
    expect(checkCustomClaims(claims)).toEqual(claims);
  });

  it.each('iss sub aud exp nbf iat jti sid client_id roles scope cnf act auth_time acr amr nonce'.split(' '))(
    'may not be called %s',
    (name) => {
      expect(() => checkCustomClaims({ [name]: 'x' })).toThrow(
        new CustomClaimsError(`The claim ${name} is reserved.`),
      );
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['an empty name', { '': 1 }],
    ['a name with a space', { 'a b': 1 }],
    ['a name beyond ASCII', { größe: 1 }],
    ['undefined', { tenant: undefined }],
    ['undefined further down', { tenant: { id: undefined } }],
    ['a hole in a list', { tenant: Array(1) }],
    ['a date', { tenant: new Date(0) }],
    ['a map', { tenant: new Map() }],
    ['a big integer', { tenant: 1n }],
    ['no number', { tenant: Number.NaN }],
    ['a function', { tenant: { toJSON: () => 'x' } }],
    ['half a character', { tenant: '\ud800' }],
    ['a prototype', { tenant: JSON.parse('{"__proto__":1}') }],
    ['its own prototype', JSON.parse('{"__proto__":1}')],
    ['what is nested too deeply', { tenant: nested(9) }],
    ['may_act that names no one', { may_act: { iss: 'https://example.com' } }],
    ['may_act that is a list', { may_act: ['orders'] }],
    ['more than 2048 bytes', { tenant: 'ö'.repeat(1020) }],
  ])('are refused with %s', (_, claims) => {
    expect(() => checkCustomClaims(claims)).toThrow(CustomClaimsError);
  });

  it('are refused without telling their value', () => {
    expect(() => checkCustomClaims({ tenant: new Date(), secret: 's3cret' })).toThrow(
      new CustomClaimsError('The claim tenant is no JSON value.'),
    );
  });

  it('of a payload are what is not reserved, frozen all the way down', () => {
    const claims = customClaimsOf({ iss: 'x', cnf: {}, tenant: { ids: [{}] } });
    const { tenant } = claims as unknown as { tenant: { ids: object[] } };
    expect(claims).toEqual({ tenant: { ids: [{}] } });
    expect([claims, tenant, tenant.ids, tenant.ids[0]].every(Object.isFrozen)).toBe(true);
  });
});
