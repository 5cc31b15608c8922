import { describe, expect, it } from '@jest/globals';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { requiredAccessOf } from './required-access.js';

const VERIFY = '/api/auth/verify';

describe('requiredAccessOf', () => {
  it.each(['', '?'])('asks for nothing with the query %j', (query) => {
    expect(requiredAccessOf(VERIFY + query)).toEqual({
      roles: undefined,
      scopes: undefined,
      takesClients: false,
    });
  });

  it.each([
    ['roles=admin', ['admin']],
    ['roles=admin,auditor', ['admin', 'auditor']],
    ['roles=admin,%20sales%20manager', ['admin', 'sales manager']],
    ['roles=sales+manager', ['sales manager']],
    ['roles=Leitung%252C%20Nord', ['Leitung, Nord']],
    ['roles=100%2525', ['100%']],
    ['roles=pr%C3%BCfer,pr%25C3%25BCfer', ['prüfer', 'prüfer']],
  ])('reads %s', (query, roles) => {
    expect(requiredAccessOf(`${VERIFY}?${query}`)).toEqual({ roles, scopes: undefined, takesClients: false });
  });

  it.each([
    ['scopes=invoices:read', ['invoices:read']],
    ['scopes=a%20b', ['a', 'b']],
    ['scopes=a+b', ['a', 'b']],
    ['scopes=a,b', ['a', 'b']],
    ['scopes=a,%20b', ['a', 'b']],
    ['scopes=a%252Cb', ['a,b']],
  ])('reads %s', (query, scopes) => {
    expect(requiredAccessOf(`${VERIFY}?${query}`)).toEqual({ roles: undefined, scopes, takesClients: false });
  });

  it('reads both', () => {
    expect(requiredAccessOf(`${VERIFY}?scopes=a&roles=b`)).toEqual({
      roles: ['b'],
      scopes: ['a'],
      takesClients: false,
    });
  });

  it('lets clients in where it is told to', () => {
    expect(requiredAccessOf(`${VERIFY}?clients=true&scopes=a`)).toEqual({
      roles: undefined,
      scopes: ['a'],
      takesClients: true,
    });
  });

  const queries: [string, string][] = [
    ['roles', 'roles'],
    ['roles=', 'roles'],
    ['roles=%20', 'roles'],
    ['roles=,', 'roles'],
    ['roles=admin,', 'roles'],
    ['roles=admin,,auditor', 'roles'],
    ['roles=admin&roles=user', 'roles'],
    ['roles=a%0Db', 'roles'],
    ['roles=a%250Ab', 'roles'],
    ['roles=50%25', 'roles'],
    ['roles=%25FF', 'roles'],
    [`roles=${'a'.repeat(2_001)}`, 'roles'],
    [`roles=${Array.from({ length: 51 }, (_, index) => index).join()}`, 'roles'],
    ['scopes=', 'scopes'],
    ['scopes=a&scopes=b', 'scopes'],
    ['scopes=%22', 'scopes'],
    ['scopes=pr%C3%BCfen', 'scopes'],
    ...['clients', 'clients=', 'clients=1', 'clients=TRUE', 'clients=false', 'clients=true,true'].map(
      (query): [string, string] => [query, 'clients'],
    ),
    ['clients=true&clients=true', 'clients'],
    ['client=true', 'client'],
    ['role=admin', 'role'],
    ['Roles=admin', 'Roles'],
    ['roles[]=admin', 'roles[]'],
    ['scope=a', 'scope'],
    ['&&x', 'x'],
    ['roles=admin&page=2', 'page'],
    ['__proto__=x', '__proto__'],
    [`${'x'.repeat(5_000)}=1`, 'x'.repeat(100)],
  ];
  it.each(queries.map(([query, field]) => [query.slice(0, 60), query, field]))(
    'refuses %s, whatever the caller may do',
    (_, query, field) => {
      const read = () => requiredAccessOf(`${VERIFY}?${query}`);
      expect(read).toThrow(LatchkeyError);
      try {
        read();
      } catch (error) {
        expect(error).toMatchObject({ code: 'VALIDATION_FAILED', fields: [{ field }] });
      }
    },
  );
});
