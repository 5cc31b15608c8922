import { describe, expect, it } from '@jest/globals';
import { parsePostgresUrl } from './postgres-url.js';

const servers = (text: string) => parsePostgresUrl(text)?.servers.map(({ url }) => url);
const names = (text: string) => parsePostgresUrl(text)?.servers.map(({ name }) => name);

describe('The URL of the database', () => {
  it('may be a socket, as libpq and the proxies of clouds write it', () => {
    const socket = 'host=%2Frun%2Fpostgresql';
    expect(servers('postgres://ada:p%40ss@/db?host=/run/postgresql')).toEqual([
      `postgres://ada:p%40ss@localhost/db?${socket}`,
    ]);
    expect(servers('postgresql:///db?host=/cloudsql/project:zone:name')).toEqual([
      'postgresql:///db?host=%2Fcloudsql%2Fproject%3Azone%3Aname',
    ]);
    expect(servers('postgres://ada@%2Frun%2Fpostgresql/db')).toEqual([
      `postgres://ada@localhost/db?${socket}`,
    ]);
    expect(names('postgres://ada@/db?host=/run/postgresql&port=5433')).toEqual(['/run/postgresql']);
  });

  it('may name several servers, each with a port of its own', () => {
    const url = 'postgres://ada:p%40ss@a:1,b,[::1]:3/db?application_name=app';
    const base = 'postgres://ada:p%40ss@localhost/db?application_name=app';
    expect(servers(url)).toEqual([`${base}&host=a&port=1`, `${base}&host=b`, `${base}&host=%3A%3A1&port=3`]);
    expect(names(url)).toEqual(['a:1', 'b', '[::1]:3']);
  });

  it('may name them in its parameters, sockets among them, with one port for all or one for each', () => {
    expect(names('postgres://ada@/db?host=a,/run/postgresql,b&port=1,2,3')).toEqual([
      'a:1',
      '/run/postgresql',
      'b:3',
    ]);
    expect(names('postgres:///db?host=a,b&port=7')).toEqual(['a:7', 'b:7']);
    expect(names('postgres://a,b/db?port=7')).toEqual(['a:7', 'b:7']);
    expect(names('postgres://other/db?host=a,b')).toEqual(['a', 'b']);
  });

  it('says what a server must be, in which order they are tried, and how long', () => {
    expect(parsePostgresUrl('postgres://a,b/db')).toMatchObject({
      role: 'any',
      random: false,
      connectTimeout: 5_000,
    });
    const url = 'postgres://a/db?target_session_attrs=read-write&load_balance_hosts=random&connect_timeout=2';
    expect(parsePostgresUrl(url)).toEqual({
      servers: [{ url: 'postgres:///db?host=a', name: 'a' }],
      database: 'db',
      role: 'read-write',
      random: true,
      connectTimeout: 2_000,
    });
    expect(parsePostgresUrl('postgres://a/db?target_session_attrs=primary')?.role).toBe('primary');
  });

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    'asks for a verified certificate with sslmode=%s',
    (mode) => {
      expect(servers(`postgres://db/app?sslmode=${mode}`)).toEqual([
        'postgres:///app?sslmode=verify-full&host=db',
      ]);
    },
  );

  it.each(['sslmode=disable', 'sslmode=no-verify', 'uselibpqcompat=true&sslmode=require'])(
    'does not where it says otherwise: %s',
    (parameters) => {
      expect(servers(`postgres://db/app?${parameters}`)).toEqual([`postgres:///app?${parameters}&host=db`]);
    },
  );

  it.each([
    'postgres://ada@/db',
    'postgres://ada@/db?host=rela/tive',
    'postgres://a,,b/db',
    'postgres://a,b/db?port=1,2,3',
    'postgres://a:0/db',
    'postgres://a:65536/db',
    'postgres://a:b/db',
    'postgres://a%zz/db',
    'postgres://a/db?connect_timeout=soon',
    'postgres://a/db?sslmode=bogus',
    'postgres://a/db?sslmode=',
    'postgres://a/db?load_balance_hosts=yes',
    'postgres://a,b/db?target_session_attrs=standby',
    'postgres://a,b/db?target_session_attrs=prefer-standby',
    'postgres://a,b/db?target_session_attrs=read-only',
    'mysql://db/app',
    'db:5432',
  ])('is refused where it names no server, none that takes writes, or another kind: %s', (url) => {
    expect(parsePostgresUrl(url)).toBeUndefined();
  });
});
