import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, stop, untilItAnswers } from '../../support/services/server-process.js';
import { makeTemporaryDirectory } from '../../support/services/temporary-directory.js';

const MODULES = '/usr/lib/apache2/modules';
const LOADED = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'auth_openidc'];

/** How Apache is known where it signs people in. */
export interface ApacheClient {
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
}

/** Apache with mod_auth_openidc, which lets who is signed in see one file. */
export interface Apache {
  /** Below which it has the file `page.txt`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Where Apache takes codes, and is told of logouts. */
export function addressesOf(port: number): { readonly callback: string; readonly backchannel: string } {
  const callback = `http://127.0.0.1:${port}/private/callback`;
  return { callback, backchannel: `${callback}?logout=backchannel` };
}

export async function startApache(binary: string, port: number, client: ApacheClient): Promise<Apache> {
  const directory = makeTemporaryDirectory('apache');
  // Started by root its workers are another user's.
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'private'));
  writeFileSync(join(directory, 'private/page.txt'), 'seen');
  const lines = [
    `ServerRoot ${directory}`,
    `DefaultRuntimeDir ${directory}`,
    `PidFile ${directory}/apache.pid`,
    `Mutex file:${directory}`,
    'ServerName 127.0.0.1',
    `Listen 127.0.0.1:${port}`,
    ...LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    'ErrorLog /dev/stderr',
    'LogLevel warn',
    `DocumentRoot ${directory}`,
    `OIDCProviderMetadataURL ${client.issuer}/.well-known/openid-configuration`,
    `OIDCClientID ${client.id}`,
    `OIDCClientSecret ${client.secret}`,
    `OIDCRedirectURI ${addressesOf(port).callback}`,
    'OIDCCryptoPassphrase of-a-test',
    'OIDCScope "openid email"',
    'OIDCResponseType code',
    'OIDCPKCEMethod S256',
    'OIDCProviderTokenEndpointAuth client_secret_basic',
    'OIDCIDTokenSignedResponseAlg ES256',
    'OIDCSessionType server-cache',
    '<Location /private>',
    'AuthType openid-connect',
    'Require valid-user',
    // By itself it sends scripts nowhere, and takes Node for one.
    'OIDCUnAuthAction auth true',
    '</Location>',
  ];
  const file = join(directory, 'apache.conf');
  writeFileSync(file, lines.join('\n') + '\n');
  const server = startProcess({ name: 'apache', command: binary, args: ['-X', '-f', file], directory });
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(server, () => fetch(`${url}/`));
  return { url, stop: () => stop(server) };
}
