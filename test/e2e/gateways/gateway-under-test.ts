import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../support/services/free-port.js';
import { startProcess, stop, untilItAnswers } from '../../support/services/server-process.js';
import { makeTemporaryDirectory } from '../../support/services/temporary-directory.js';

const CONFIGURATIONS = fileURLToPath(new URL('../../../docs/gateways/', import.meta.url));
/** How long an answer of Latchkey is believed where it is kept. */
const SECONDS = 1;
/** Requests of one subject, more than any other test makes. */
export const QUOTA = 200;

export interface Surroundings {
  /** Where Latchkey, and the service behind the gateway, listen: `127.0.0.1:port`. */
  readonly latchkey: string;
  readonly service: string;
  readonly issuer: string;
  /** With what `keys export` has written. */
  readonly keys: string;
}

/** A real gateway with a configuration of `docs/gateways`, unchanged. */
export interface GatewayUnderTest {
  readonly url: string;
  /** Has it read again what it has read at its start. */
  reload(): void;
  stop(): Promise<void>;
}

interface Command {
  readonly binary: string;
  /** What runs it in the foreground, and what only checks its configuration. */
  readonly run: string[];
  readonly check: string[];
  readonly environment: Record<string, string>;
}

export async function startHaproxyGateway(binary: string, around: Surroundings): Promise<GatewayUnderTest> {
  const port = await freePort();
  const files = ['-f', join(CONFIGURATIONS, 'haproxy.cfg'), '-f', join(around.keys, 'haproxy.cfg')];
  const environment = {
    LATCHKEY_ISSUER: around.issuer,
    LATCHKEY_AUDIENCE: around.issuer,
    LATCHKEY_URL: `http://${around.latchkey}`,
    LATCHKEY_SECONDS: String(SECONDS),
    LATCHKEY_KEYS: around.keys,
    LATCHKEY_LUA: join(CONFIGURATIONS, 'latchkey.lua'),
    GATEWAY: `127.0.0.1:${port}`,
    SERVICE: around.service,
    QUOTA: String(QUOTA),
  };
  const command = { binary, run: ['-W', '-db', ...files], check: ['-c', ...files], environment };
  return start('haproxy', port, makeTemporaryDirectory('haproxy'), command);
}

export async function startNginxGateway(binary: string, around: Surroundings): Promise<GatewayUnderTest> {
  const port = await freePort();
  const directory = makeTemporaryDirectory('nginx');
  // Started by root its workers are another user's.
  chmodSync(directory, 0o755);
  const made = ['cache', 'bodies'].map((name) => join(directory, name));
  for (const path of made) {
    mkdirSync(path);
    chmodSync(path, 0o777);
  }
  const values: Record<string, string> = {
    LATCHKEY: around.latchkey,
    LATCHKEY_SECONDS: `${SECONDS}s`,
    CACHE_DIR: join(directory, 'cache'),
    RUN_DIR: directory,
    GATEWAY: `127.0.0.1:${port}`,
    SERVICE: around.service,
    QUOTA: '1r/m',
    QUOTA_BURST: String(QUOTA),
  };
  const template = readFileSync(join(CONFIGURATIONS, 'nginx.conf'), 'utf8');
  const filled = template.replaceAll(/\$\{([A-Z_]+)\}/g, (whole, name: string) => values[name] ?? whole);
  writeFileSync(join(directory, 'latchkey.conf'), filled);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = [
    'daemon off;',
    `pid ${join(directory, 'nginx.pid')};`,
    'error_log stderr;',
    'events {}',
    'http {',
    'access_log off;',
    ...paths.map((path) => `${path}_temp_path ${join(directory, 'bodies')};`),
    'include latchkey.conf;',
    '}',
  ];
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, main.join('\n'));
  const run = ['-p', directory, '-e', 'stderr', '-c', file];
  return start('nginx', port, directory, { binary, run, check: [...run, '-t'], environment: {} });
}

export async function startCaddyGateway(binary: string, around: Surroundings): Promise<GatewayUnderTest> {
  const port = await freePort();
  const directory = makeTemporaryDirectory('caddy');
  const environment = {
    LATCHKEY: around.latchkey,
    SERVICE: around.service,
    GATEWAY: `http://127.0.0.1:${port}`,
    // Where it keeps certificates, of which it needs none.
    HOME: directory,
    XDG_DATA_HOME: directory,
    XDG_CONFIG_HOME: directory,
  };
  const file = ['--adapter', 'caddyfile', '--config', join(CONFIGURATIONS, 'Caddyfile')];
  const command = { binary, run: ['run', ...file], check: ['validate', ...file], environment };
  return start('caddy', port, directory, command);
}

async function start(
  name: string,
  port: number,
  directory: string,
  { binary, run, check, environment }: Command,
): Promise<GatewayUnderTest> {
  const env = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  await promisify(execFile)('env', [...env, binary, ...check], { cwd: directory });
  const server = startProcess({ name, command: 'env', args: [...env, binary, ...run], directory });
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(server, () => fetch(`${url}/`));
  return {
    url,
    reload: () => void server.child.kill('SIGUSR2'),
    stop: () => stop(server),
  };
}
