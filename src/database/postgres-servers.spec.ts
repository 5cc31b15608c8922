import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { parsePostgresUrl } from '../config/postgres-url.js';
import { PostgresServers } from './postgres-servers.js';

function serversOf(url: string): PostgresServers {
  const target = parsePostgresUrl(url);
  if (!target) throw new Error(`No URL of PostgreSQL: ${url}`);
  return new PostgresServers(target);
}

/** Lets the server whose turn it is fail so many times. */
function fail(servers: PostgresServers, times: number): string[] {
  return Array.from({ length: times }, () => {
    const server = servers.next();
    servers.failed(server, new Error('no'));
    return server.name;
  });
}

// It warns of each that fails.
beforeAll(() => Logger.overrideLogger(false));

describe('Of several PostgreSQL servers', () => {
  it('the first is tried first, and each that fails after all others', () => {
    const servers = serversOf('postgres://a,b,c/db');
    expect(servers.next().name).toBe('a');
    expect(fail(servers, 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  });

  it('the one that serves is stayed with', () => {
    const servers = serversOf('postgres://a,b/db?target_session_attrs=read-write');
    expect(fail(servers, 1)).toEqual(['a']);
    servers.served(servers.next());
    expect(servers.next().name).toBe('b');
    expect(fail(servers, 2)).toEqual(['b', 'a']);
  });

  it('any of them is tried where they are to share the load, but for those that failed', () => {
    const servers = serversOf('postgres://a,b,c/db?load_balance_hosts=random');
    const tried = () => new Set(Array.from({ length: 300 }, () => servers.next().name));
    expect(tried()).toEqual(new Set(['a', 'b', 'c']));
    const [failed = ''] = fail(servers, 1);
    expect(tried().has(failed)).toBe(false);
    expect(tried().size).toBe(2);
  });

  it('none serves only once each was tried, and it is said what each failed with', () => {
    const servers = serversOf('postgres://a,b:1/db');
    const failures = [servers.failed(servers.next(), Object.assign(new Error('down'), { code: 'EX' }))];
    expect(servers.verdict(failures)).toBeUndefined();
    failures.push(servers.failed(servers.next(), new Error('slow')));
    expect(servers.verdict(failures)).toMatchObject({
      message: 'No server serves (a: down; b:1: slow)',
      code: 'EX',
    });
  });

  it('another is not tried after a failure that is not of one server', () => {
    const refused = new Error('wrong password');
    expect(serversOf('postgres://a,b/db').verdict([refused])).toBe(refused);
  });
});
