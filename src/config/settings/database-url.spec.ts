import { describe, expect, it } from '@jest/globals';
import { databaseUrl } from './database-url.js';

const parse = (text: string) => databaseUrl().parse(text);

describe('The URL of the database', () => {
  it('may be a socket, as libpq and the proxies of clouds write it', () => {
    expect(parse('postgres://ada:p%40ss@/db?host=/run/postgresql')).toBe(
      'postgres://ada:p%40ss@localhost/db?host=/run/postgresql',
    );
    expect(parse('postgresql:///db?host=/cloudsql/project:zone:name')).toBe(
      'postgresql:///db?host=/cloudsql/project:zone:name',
    );
    expect(parse('postgres://ada@%2Frun%2Fpostgresql/db')).toBe('postgres://ada@%2Frun%2Fpostgresql/db');
  });

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    'asks for a verified certificate with sslmode=%s',
    (mode) => {
      expect(parse(`postgres://db/app?sslmode=${mode}&application_name=a`)).toBe(
        'postgres://db/app?sslmode=verify-full&application_name=a',
      );
    },
  );

  it.each([
    'postgres://db/app',
    'postgres://db/app?sslmode=disable',
    'postgres://db/app?sslmode=no-verify',
    'postgres://db/app?uselibpqcompat=true&sslmode=require',
  ])('is left as it is where it does not ask for that: %s', (url) => {
    expect(parse(url)).toBe(url);
  });

  it.each([
    'postgres://ada@/db',
    'postgres://ada@/db?host=relative',
    'postgres://a:1,b:2/db',
    'mysql://db/app',
    'db:5432',
  ])('is refused where it names no server, several, or another kind: %s', (url) => {
    expect(parse(url)).toBeUndefined();
  });
});
