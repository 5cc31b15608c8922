import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl, type RedisTarget } from './redis-url.js';

const SINGLE: RedisTarget = {
  kind: 'single',
  nodes: [{ host: 'host', port: 6379 }],
  master: undefined,
  username: undefined,
  password: undefined,
  database: 0,
  tls: false,
};
const SENTINEL: RedisTarget = {
  ...SINGLE,
  kind: 'sentinel',
  nodes: [{ host: 'host', port: 26_379 }],
  master: 'main',
};
const CLUSTER: RedisTarget = { ...SINGLE, kind: 'cluster' };
const at = (...nodes: [string, number][]) => ({ nodes: nodes.map(([host, port]) => ({ host, port })) });

describe('parseRedisUrl', () => {
  it.each<[string, RedisTarget]>([
    ['redis://host', SINGLE],
    ['redis://host/', SINGLE],
    ['redis://host:1234', { ...SINGLE, ...at(['host', 1234]) }],
    ['redis://host:1', { ...SINGLE, ...at(['host', 1]) }],
    ['redis://host:65535/15', { ...SINGLE, ...at(['host', 65_535]), database: 15 }],
    ['redis://127.0.0.1/3', { ...SINGLE, ...at(['127.0.0.1', 6379]), database: 3 }],
    ['redis://[::1]', { ...SINGLE, ...at(['::1', 6379]) }],
    ['redis://[2001:db8::1]:7000/1', { ...SINGLE, ...at(['2001:db8::1', 7000]), database: 1 }],
    ['redis://[::ffff:127.0.0.1]:7000', { ...SINGLE, ...at(['::ffff:127.0.0.1', 7000]) }],
    ['redis://:secret@host', { ...SINGLE, password: 'secret' }],
    ['redis://user:secret@host', { ...SINGLE, username: 'user', password: 'secret' }],
    ['redis://user@host', { ...SINGLE, username: 'user' }],
    ['redis://:p%40ss%3Aw%2Fo%25rd@host', { ...SINGLE, password: 'p@ss:w/o%rd' }],
    ['redis://us%3Aer:%C3%A9%20@host', { ...SINGLE, username: 'us:er', password: 'é ' }],
    ['redis://:100%@host', { ...SINGLE, password: '100%' }],
    ['redis://:p:a:s:s@host', { ...SINGLE, password: 'p:a:s:s' }],
    ['redis://:@host', SINGLE],
    ['rediss://host', { ...SINGLE, tls: true }],
    [
      'rediss://:secret@[::1]:6380/2',
      { ...SINGLE, ...at(['::1', 6380]), password: 'secret', database: 2, tls: true },
    ],
    ['redis+sentinel://host/main', SENTINEL],
    ['redis+sentinel://host/main/', SENTINEL],
    ['redis+sentinel://host/main/4', { ...SENTINEL, database: 4 }],
    ['redis+sentinel://host/my%20main', { ...SENTINEL, master: 'my main' }],
    [
      'redis+sentinel://user:secret@a,b:1,[::1]:2/main',
      { ...SENTINEL, ...at(['a', 26_379], ['b', 1], ['::1', 2]), username: 'user', password: 'secret' },
    ],
    ['rediss+sentinel://host/main', { ...SENTINEL, tls: true }],
    ['redis+cluster://host', CLUSTER],
    ['redis+cluster://host/0', CLUSTER],
    ['redis+cluster://:secret@a:7000,b', { ...CLUSTER, ...at(['a', 7000], ['b', 6379]), password: 'secret' }],
    ['rediss+cluster://host', { ...CLUSTER, tls: true }],
  ])('reads %s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target);
  });

  it.each([
    '',
    'redis',
    'host:6379',
    'redis:host',
    'redis://',
    'redis:///0',
    'redis://:secret@',
    'redis://host:',
    'redis://host:0',
    'redis://host:65536',
    'redis://host:123456',
    'redis://host:port',
    'redis://host:-1',
    'redis://host/database',
    'redis://host/-1',
    'redis://host/1/2',
    'redis://host/12345',
    'redis://:p/w@host',
    'redis://:p@w@host',
    'redis://host?db=1',
    'redis://host/1?tls=true',
    'redis://host#1',
    'redis://::1',
    'redis://[::1',
    'redis://::1]:6379',
    'redis://[]',
    'redis://[host]',
    'redis://a,b',
    'redis://ho st',
    ' redis://host',
    'redis://host\n',
    'REDIS://host',
    'http://host',
    'redis+unknown://host',
    'redis+tls://host',
    'redis+sentinel://host',
    'redis+sentinel://host/',
    'redis+sentinel://host/main/x',
    'redis+sentinel://host,/main',
    'redis+sentinel://,host/main',
    'redis+cluster://host/1',
    'redis+cluster://host,,host',
    'redis+cluster://',
  ])('refuses %j', (url) => {
    expect(parseRedisUrl(url)).toBeUndefined();
  });
});
