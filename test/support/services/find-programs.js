import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './find-on-path.js';

/** @import { Service } from './service.js' */

// What single tests need beside the servers.

const PYTHON = '/usr/bin/python3';
const MODULES = '/usr/lib/python3/dist-packages';
const LIBRARIES = '/usr/lib';

/** @returns {Service} Debian's `python3-grpcio` */
export function findPythonWithGrpc() {
  if (!existsSync(PYTHON) || !existsSync(join(MODULES, 'grpc')))
    return { missing: "Python's grpc (no python3-grpcio found)" };
  return { found: `Python with grpc (${PYTHON})`, value: PYTHON };
}

/** @returns {Service} Debian's `python3-authlib`, and `python3-requests` that it asks by */
export function findPythonWithAuthlib() {
  const modules = ['authlib', 'requests'].map((name) => join(MODULES, name));
  if (![PYTHON, ...modules].every((path) => existsSync(path)))
    return { missing: "Python's Authlib (no python3-authlib with python3-requests found)" };
  return { found: `Python with Authlib (${PYTHON})`, value: PYTHON };
}

/** @returns {Service} the library, to be loaded before others */
export function findFaketime() {
  const directories = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
  const library = directories
    .map((name) => join(LIBRARIES, name, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  return library
    ? { found: `libfaketime (${library})`, value: library }
    : { missing: 'libfaketime (no libfaketimeMT.so.1 found)' };
}

/**
 * @param {'zsh' | 'fish'} name
 * @returns {Service}
 */
export function findShell(name) {
  const path = findOnPath(name)?.[name];
  return path ? { found: `${name} (${path})`, value: path } : { missing: `${name} (not found)` };
}

/** @returns {Service} the program `openssl`, where there is a Redis that speaks TLS, too */
export function findOpensslForRedis() {
  const openssl = findOnPath('openssl')?.openssl;
  if (!openssl) return { missing: 'OpenSSL (no openssl found)' };
  const server = findOnPath('redis-server')?.['redis-server'];
  if (!server) return { missing: 'Redis with TLS (no redis-server found)' };
  // One that was built without TLS does not know the directive; another ends since it is to listen nowhere.
  const { stdout } = spawnSync(server, ['-'], { input: 'port 0\ntls-port 0\n', timeout: 5_000 });
  return stdout.includes('not listen anywhere')
    ? { found: `OpenSSL (${openssl})`, value: openssl }
    : { missing: `Redis with TLS (${server} was built without)` };
}
